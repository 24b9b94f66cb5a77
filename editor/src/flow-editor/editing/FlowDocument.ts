/** One open flow: what is deployed, the draft with its history, what is selected, what the server says of it. */
import { createStore } from "zustand";
import { canRedo, canUndo, current, type Draft, draftOf, type History, newHistory, stepped, withEdit, withText } from "../../model/flow/history";
import type { Operation } from "../../model/flow/operations";
import type { KnownPorts } from "../../model/flow/ports";
import type { FlowView, NodeType } from "../../model/flow/server";
import { sheetOf } from "../../model/flow/sheet";
import type { FlowModel, Sheet } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import { sameJson } from "../../platform/api/json";
import { socket } from "../../platform/api/socket";
import type { Problem } from "../../platform/api/types";
import { allowed } from "../../platform/session/session";

export interface DocumentState {
  view: FlowView | null;
  history: History | null;
  /** The subflow that is open, "" for the flow itself. */
  scope: string;
  selected: ReadonlySet<string>;
  wire: string | null;
  problems: Problem[];
  checking: boolean;
  catalogue: ReadonlyMap<string, NodeType>;
  ports: KnownPorts;
  /** What keeps this file from being read; then the canvas shows the last good draft. */
  unreadable: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const EMPTY: FlowModel = { flow: "", title: "", help: "", disabled: false, on_error: null, nodes: {}, subflows: {}, groups: {}, notes: {}, layout: {} };

export const draftIn = (state: DocumentState): Draft | null => state.history && current(state.history);
export const modelIn = (state: DocumentState): FlowModel => draftIn(state)?.model ?? EMPTY;
export const sheetIn = (state: DocumentState): Sheet => sheetOf(modelIn(state), state.scope) ?? modelIn(state);
/** Whether the draft is another than what the file holds; a move alone counts, as it is saved too. */
export const isDirty = (state: DocumentState): boolean => {
  const here = draftIn(state);
  if (!here || !state.view) return false;
  return here.text !== null ? here.text !== state.view.text : !sameJson(here.model, state.view.flow);
};
export const selectedNodesIn = (state: DocumentState): string[] => [...state.selected].filter((id) => id in sheetIn(state).nodes);

export const fetchView = (name: string): Promise<FlowView> => api.get<FlowView>(`/flows/${segment(name)}`);

export class FlowDocument {
  readonly store = createStore<DocumentState>(() => ({
    view: null, history: null, scope: "", selected: NONE, wire: null, problems: [],
    checking: false, catalogue: new Map(), ports: new Map(), unreadable: false,
  }));

  constructor(readonly name: string) {}

  get state(): DocumentState {
    return this.store.getState();
  }

  set(change: Partial<DocumentState>): void {
    this.store.setState(change);
  }

  get draft(): Draft {
    return draftIn(this.state) ?? draftOf(EMPTY, "");
  }

  get model(): FlowModel {
    return modelIn(this.state);
  }

  /** What the canvas shows: the flow, or the subflow that is open. */
  get sheet(): Sheet {
    return sheetIn(this.state);
  }

  get scope(): string {
    return this.state.scope;
  }

  selectedNodes(): string[] {
    return selectedNodesIn(this.state);
  }

  async loadCatalogue(): Promise<void> {
    const types = await api.get<NodeType[]>("/node-types");
    this.set({ catalogue: new Map(types.map((type) => [type.type, type])) });
  }

  /** The palette follows the node folders: a custom node that is saved is there without a reload. The answer ends it. */
  followTypes(): () => void {
    let known = "";
    return socket.subscribe<{ version: string }>("node-types", ({ items }) => {
      const version = items.at(-1)?.version ?? "";
      if (known && version !== known) void this.loadCatalogue();
      known = version;
    });
  }

  /** Begin with what the file holds. */
  openView(view: FlowView): void {
    const flow = view.flow ?? { ...EMPTY, flow: view.name };
    this.set({ view, history: newHistory(flow, view.text), problems: view.problems, selected: NONE, wire: null, scope: "", unreadable: view.flow === null });
  }

  /** The file is now another, and the draft with its history stays: after a deploy. */
  setView(view: FlowView): void {
    this.set({ view });
  }

  edit(label: string, operations: Operation[], key: string | null = null): void {
    const { history } = this.state;
    if (!history || operations.length === 0 || !allowed("admin")) return;
    this.set({ history: withEdit(history, label, operations, key) });
    this.forgetGone();
  }

  /** Another whole text, already read by the server. */
  replaceText(label: string, flow: FlowModel, text: string, key: string | null = null): void {
    const { history } = this.state;
    if (!history || !allowed("admin")) return;
    this.set({ history: withText(history, label, flow, text, key) });
    this.forgetGone();
  }

  undo(): void {
    const { history } = this.state;
    if (history && canUndo(history)) this.set({ history: stepped(history, -1) });
    this.forgetGone();
  }

  redo(): void {
    const { history } = this.state;
    if (history && canRedo(history)) this.set({ history: stepped(history, 1) });
    this.forgetGone();
  }

  select(ids: Iterable<string>): void {
    this.set({ selected: new Set(ids), wire: null });
  }

  toggle(id: string): void {
    const next = new Set(this.state.selected);
    if (!next.delete(id)) next.add(id);
    this.set({ selected: next, wire: null });
  }

  selectWire(wire: string | null): void {
    this.set({ wire, selected: NONE });
  }

  openScope(scope: string): void {
    this.set({ scope, selected: NONE, wire: null });
  }

  private forgetGone(): void {
    const { state } = this;
    const scope = state.scope in modelIn(state).subflows ? state.scope : "";
    const here = sheetOf(modelIn(state), scope);
    const left = [...state.selected].filter((id) => isThere(here, id));
    this.set({ scope, ...(left.length !== state.selected.size && { selected: new Set(left) }) });
  }
}

function isThere(here: Sheet | undefined, id: string): boolean {
  if (!here) return false;
  if (id.startsWith("note:")) return id.slice(5) in here.notes;
  if ("inputs" in here && (id.startsWith("in:") || id.startsWith("out:"))) return true;
  return id.startsWith("group:") ? id.slice(6) in here.groups : id in here.nodes;
}
