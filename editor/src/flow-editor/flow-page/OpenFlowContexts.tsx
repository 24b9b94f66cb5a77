/** Hands an open flow down to the components of its page. */
import type { ReactNode } from "react";
import { CanvasContext } from "../canvas/CanvasController";
import { ClipboardContext } from "../canvas/Clipboard";
import { TracingContext } from "../debug/Tracing";
import { DeploymentContext } from "../deploy/Deployment";
import { DocumentContext, DraftCheckContext } from "../editing/context";
import { TestBenchContext } from "../testing/TestBench";
import { CommandsContext } from "./allCommands";
import type { OpenFlow } from "./openFlow";

export function OpenFlowContexts({ flow, children }: { flow: OpenFlow; children: ReactNode }) {
  return (
    <DocumentContext value={flow.doc}>
      <DraftCheckContext value={flow.check}>
        <CanvasContext value={flow.canvas}>
          <ClipboardContext value={flow.clipboard}>
            <DeploymentContext value={flow.deployment}>
              <TracingContext value={flow.tracing}>
                <TestBenchContext value={flow.testBench}>
                  <CommandsContext value={flow.commands}>{children}</CommandsContext>
                </TestBenchContext>
              </TracingContext>
            </DeploymentContext>
          </ClipboardContext>
        </CanvasContext>
      </DraftCheckContext>
    </DocumentContext>
  );
}
