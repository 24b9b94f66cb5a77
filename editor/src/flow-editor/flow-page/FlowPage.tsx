/** The page on which a flow is wired: palette, canvas, dock, drawer, and the bar above them. */
import { useEffect, useState } from "react";
import { SUBFLOW_PREFIX } from "../../model/flow/types";
import { Loading } from "../../platform/kit/Loading";
import { toastError } from "../../platform/kit/toasts";
import { usePath } from "../../platform/router/location";
import { Announcer } from "../canvas/Announcer";
import { FlowCanvas } from "../canvas/FlowCanvas";
import { opener } from "../canvas/opening";
import { revealNode } from "../canvas/revealNode";
import Notices from "../deploy/Notices";
import { openScope, sheet } from "../editing/document";
import { openPanel, useLayout } from "../editing/panelLayout";
import { panels } from "../editing/panels";
import { addDroppedNode } from "../palette/addNode";
import { Palette } from "../palette/Palette";
import { QuickAdd } from "../palette/QuickAdd";
import { BottomDrawer } from "./BottomDrawer";
import { CanvasMenu } from "./CanvasMenu";
import { Dock } from "./Dock";
import { openFlow } from "./openFlow";
import { PanelView } from "./PanelView";
import { installShortcuts } from "./shortcuts";
import { TopBar } from "./TopBar";
import "./flow-page.css";

function openNode(id: string): void {
  const type = sheet().nodes[id]?.type ?? "";
  if (type.startsWith(SUBFLOW_PREFIX)) openScope(type.slice(SUBFLOW_PREFIX.length));
  else openPanel("inspector");
}

export default function FlowPage({ name }: { name: string }) {
  const [ready, setReady] = useState(false);
  const wanted = new URLSearchParams(usePath().split("?")[1]).get("node");
  useEffect(() => {
    // Once the canvas is there: a link to a node, as the search over all flows makes it.
    if (ready && wanted) requestAnimationFrame(() => revealNode(wanted));
  }, [ready, wanted]);
  const palette = useLayout((state) => state.palette);
  useEffect(() => {
    let close: (() => void) | null = null;
    let left = false;
    openFlow(name).then((end) => {
      if (left) return end();
      close = end;
      setReady(true);
    }).catch(toastError);
    opener.open = openNode;
    const stop = installShortcuts();
    return () => {
      left = true;
      close?.();
      stop();
    };
  }, [name]);
  if (!ready) return <Loading />;
  return (
    <div className="flow-page">
      <TopBar />
      <div className="flow-page-middle">
        {palette && <Palette />}
        <div className="flow-page-centre">
          <Notices />
          <div className="flow-page-stage"><FlowCanvas onOpen={openNode} onDropType={addDroppedNode} /></div>
          <BottomDrawer />
        </div>
        <Dock />
      </div>
      <CanvasMenu />
      <QuickAdd />
      <Announcer />
      <OpenDialog />
    </div>
  );
}

function OpenDialog() {
  const dialog = useLayout((state) => state.dialog);
  const panel = panels.find(({ id, place }) => place === "dialog" && id === dialog);
  return panel ? <PanelView id={panel.id} /> : null;
}
