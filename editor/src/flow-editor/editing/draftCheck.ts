/** Asks the server what each new draft comes to: its file, its problems, what a deploy would restart. */
import { expandFlow } from "../../model/flow/expand";
import { withFileText } from "../../model/flow/history";
import { NO_PORTS, type Ports, portsKey } from "../../model/flow/ports";
import type { Preview } from "../../model/flow/server";
import type { NodeSpec } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import { toastError } from "../../platform/kit/toasts";
import { allowed } from "../../platform/session/session";
import { draft, isDirty, useDocument } from "./document";

/** One check at a time: a key is checked at once, those that are pressed meanwhile together after it. */
const LONGEST_MS = 20_000;
let running: Promise<void> | null = null;
let waiting = false;
let left = new AbortController();

/** Checks every draft from now on; the answer ends it. */
export function checkContinuously(): () => void {
  left = new AbortController();
  let seen = draft();
  const stop = useDocument.subscribe((state) => {
    const here = draft();
    if (here === seen || !state.history) return;
    const onlyText = here.model === seen.model && here.text !== null;
    seen = here;
    if (!onlyText) checkSoon();
    void learnPorts();
  });
  // What the server has just said of the file need not be asked again.
  if (isDirty(useDocument.getState())) checkSoon();
  void learnPorts();
  return () => {
    stop();
    left.abort();
  };
}

function checkSoon(): void {
  if (waiting) return;
  waiting = true;
  // What one act changes in several steps is one draft.
  setTimeout(async () => {
    await running;
    waiting = false;
    await checkNow();
  });
}

/** Resolves when the draft of this moment has been checked. */
export async function checkNow(): Promise<void> {
  while (running) await running;
  running = check().finally(() => (running = null));
  await running;
}

async function check(): Promise<void> {
  const { name, history } = useDocument.getState();
  const { signal } = left;
  if (!history || !allowed("admin") || signal.aborted) return;
  const here = draft();
  useDocument.setState({ checking: true });
  try {
    const change = here.text !== null ? { text: here.text } : { base_text: here.from.text, operations: here.from.operations };
    const preview = await api.post<Preview>(`/flows/${segment(name)}/preview`, change, AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]));
    const state = useDocument.getState();
    useDocument.setState({
      checking: false,
      problems: preview.problems,
      restarts: preview.restarts ?? [],
      ...(state.history && here.text === null && { history: withFileText(state.history, here, preview.text) }),
    });
  } catch (error) {
    useDocument.setState({ checking: false });
    if (signal.aborted) return;
    if (error instanceof ApiError && error.problems.length) useDocument.setState({ problems: error.problems });
    else toastError(error);
  }
}

const asked = new Set<string>();

/** Nodes whose config makes their ports: the server knows which. All that are new are asked for at once. */
async function learnPorts(): Promise<void> {
  const { catalogue, history } = useDocument.getState();
  if (!history) return;
  const flow = draft().model;
  const fresh = new Map<string, { type: string; with: NodeSpec["with_"] }>();
  const learn = (node: NodeSpec): void => {
    if (!catalogue.get(node.type)?.own_ports) return;
    const key = portsKey(node);
    if (!asked.has(key)) fresh.set(key, { type: node.type, with: node.with_ });
  };
  for (const { nodes } of [flow, ...Object.values(flow.subflows)]) Object.values(nodes).forEach(learn);
  // Where a subflow is used its fields are filled in, and the ports of the nodes inside hang on them.
  if (Object.values(flow.subflows).some(({ fields }) => Object.keys(fields).length > 0)) {
    expandFlow(flow, (node) => {
      learn(node);
      return NO_PORTS;
    });
  }
  if (fresh.size === 0) return;
  for (const key of fresh.keys()) asked.add(key);
  try {
    const found = await api.post<(Omit<Ports, "unknown"> | null)[]>("/node-types/ports", { nodes: [...fresh.values()] });
    const known = new Map(useDocument.getState().ports);
    // A config that does not hold yet has no ports of its own; the list of problems says why.
    [...fresh.keys()].forEach((key, index) => found[index] && known.set(key, found[index]));
    useDocument.setState({ ports: known });
  } catch {
    for (const key of fresh.keys()) asked.delete(key);
  }
}
