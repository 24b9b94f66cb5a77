/** Asks the server what each new draft comes to: its file, its problems, what a deploy would restart. */
import { api, segment } from "../api/client";
import { ApiError } from "../api/problem";
import type { PortType, Preview } from "../api/types";
import { written } from "../flow/history";
import { portsKey } from "../flow/ports";
import { tellFailure } from "../kit/toasts";
import { allowed } from "../session/session";
import { draft, modelIn, useDocument } from "./document";

const PAUSE_MS = 90;
let timer = 0;
let running: AbortController | null = null;

/** Checks every draft from now on; the answer ends it. */
export function keepChecking(): () => void {
  let seen = draft();
  const stop = useDocument.subscribe((state) => {
    const here = draft();
    if (here === seen || !state.history) return;
    const onlyText = here.model === seen.model && here.text !== null;
    seen = here;
    if (!onlyText) checkSoon();
    void learnPorts();
  });
  checkSoon();
  void learnPorts();
  return () => {
    stop();
    clearTimeout(timer);
    running?.abort();
  };
}

function checkSoon(): void {
  if (!allowed("admin")) return;
  clearTimeout(timer);
  timer = window.setTimeout(() => void checkNow(), PAUSE_MS);
}

export async function checkNow(): Promise<void> {
  const { name, history } = useDocument.getState();
  if (!history || !allowed("admin")) return;
  clearTimeout(timer);
  running?.abort();
  running = new AbortController();
  const here = draft();
  useDocument.setState({ checking: true });
  try {
    const change = here.text !== null ? { text: here.text } : { base_text: here.from.text, operations: here.from.operations };
    const told = await api.post<Preview>(`/flows/${segment(name)}/preview`, change, running.signal);
    const state = useDocument.getState();
    useDocument.setState({
      checking: false,
      problems: told.problems,
      restarts: told.restarts ?? [],
      ...(state.history && here.text === null && { history: written(state.history, here, told.text) }),
    });
  } catch (error) {
    if (error instanceof DOMException) return;
    useDocument.setState({ checking: false });
    if (error instanceof ApiError && error.problems.length) useDocument.setState({ problems: error.problems });
    else tellFailure(error);
  }
}

const asked = new Set<string>();

/** Types whose config makes the ports: the server knows which. */
async function learnPorts(): Promise<void> {
  const state = useDocument.getState();
  const flow = modelIn(state);
  const nodes = [...Object.values(flow.nodes), ...Object.values(flow.subflows).flatMap((subflow) => Object.values(subflow.nodes))];
  for (const node of nodes) {
    const type = state.catalogue.get(node.type);
    const key = portsKey(node);
    if (!type || type.broken || !makesPorts(type.schema) || asked.has(key)) continue;
    asked.add(key);
    try {
      const found = await api.post<PortType[]>(`/node-types/${segment(node.type)}/ports`, { with: node.with_ });
      useDocument.setState((was) => ({ ports: new Map(was.ports).set(key, found) }));
    } catch (error) {
      // A config that does not hold yet has no ports of its own; the list of problems says why.
      if (!(error instanceof ApiError) || error.status === 0) asked.delete(key);
    }
  }
}

/** Ports can only hang on lists and tables of the config, so plain nodes are not asked about. */
function makesPorts(schema: { properties?: Record<string, { type?: string | string[]; anyOf?: unknown[]; $ref?: string }> }): boolean {
  return Object.values(schema.properties ?? {}).some((field) => field.type === "array" || field.type === "object" || field.type === "integer" || field.anyOf || field.$ref);
}
