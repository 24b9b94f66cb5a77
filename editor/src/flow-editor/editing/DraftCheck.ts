/** Asks the server what each new draft comes to: its file and its problems. */
import { expandFlow } from "../../model/flow/expand";
import { withFileText } from "../../model/flow/history";
import { NO_PORTS, type Ports, portsKey } from "../../model/flow/ports";
import type { Preview } from "../../model/flow/server";
import type { NodeSpec } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import { onLanguageChange, translate } from "../../platform/i18n";
import { toastError } from "../../platform/kit/toasts";
import { allowed } from "../../platform/session/session";
import { type FlowDocument, isDirty } from "./FlowDocument";

const LONGEST_MS = 20_000;

/** One check at a time: a key is checked at once, those that are pressed meanwhile together after it. */
export class DraftCheck {
  private running: Promise<void> | null = null;
  private waiting = false;
  private closed = new AbortController();
  /** The nodes whose ports have been asked for, by `portsKey`. */
  private readonly asked = new Set<string>();

  constructor(private readonly doc: FlowDocument) {}

  /** Checks every draft from now on; the answer ends it. */
  follow(): () => void {
    this.closed = new AbortController();
    let seen = this.doc.draft;
    const stop = this.doc.store.subscribe((state) => {
      const here = this.doc.draft;
      if (here === seen || !state.history) return;
      const onlyText = here.model === seen.model && here.text !== null;
      seen = here;
      if (!onlyText) this.soon();
      void this.learnPorts();
    });
    const stopLanguage = onLanguageChange(() => this.soon());
    // What the server has just said of the file need not be asked again.
    if (isDirty(this.doc.state)) this.soon();
    void this.learnPorts();
    return () => {
      stop();
      stopLanguage();
      this.closed.abort();
    };
  }

  /** Resolves when the draft of this moment has been checked. */
  async now(): Promise<void> {
    while (this.running) await this.running;
    this.running = this.check().finally(() => (this.running = null));
    await this.running;
  }

  /** The file of the draft, written by the server if it has not been yet: comments and order of what was not changed stay. */
  async text(): Promise<string> {
    if (this.doc.draft.text === null) await this.now();
    const { text } = this.doc.draft;
    if (text === null) throw new ApiError(0, "unwritten", translate("deploy.unwritten"));
    return text;
  }

  private soon(): void {
    if (this.waiting) return;
    this.waiting = true;
    // What one act changes in several steps is one draft.
    setTimeout(async () => {
      await this.running;
      this.waiting = false;
      await this.now();
    });
  }

  private async check(): Promise<void> {
    const { doc } = this;
    const { signal } = this.closed;
    if (!doc.state.history || !allowed("admin") || signal.aborted) return;
    const here = doc.draft;
    doc.set({ checking: true });
    try {
      const change = here.text !== null ? { text: here.text } : { base_text: here.from.text, operations: here.from.operations };
      const preview = await api.post<Preview>(`/flows/${segment(doc.name)}/preview`, change, AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]));
      const { history } = doc.state;
      doc.set({
        checking: false,
        problems: preview.problems,
        ...(history && here.text === null && { history: withFileText(history, here, preview.text) }),
      });
    } catch (error) {
      doc.set({ checking: false });
      if (signal.aborted) return;
      if (error instanceof ApiError && error.problems.length) doc.set({ problems: error.problems });
      else toastError(error);
    }
  }

  /** Nodes whose config makes their ports: the server knows which. All that are new are asked for at once. */
  private async learnPorts(): Promise<void> {
    const { catalogue, history } = this.doc.state;
    if (!history) return;
    const flow = this.doc.draft.model;
    const fresh = new Map<string, { type: string; with: NodeSpec["with_"] }>();
    const learn = (node: NodeSpec): void => {
      if (!catalogue.get(node.type)?.own_ports) return;
      const key = portsKey(node);
      if (!this.asked.has(key)) fresh.set(key, { type: node.type, with: node.with_ });
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
    for (const key of fresh.keys()) this.asked.add(key);
    try {
      const found = await api.post<(Omit<Ports, "unknown"> | null)[]>("/node-types/ports", { nodes: [...fresh.values()] });
      const known = new Map(this.doc.state.ports);
      // A config that does not hold yet has no ports of its own; the list of problems says why.
      [...fresh.keys()].forEach((key, index) => found[index] && known.set(key, found[index]));
      this.doc.set({ ports: known });
    } catch {
      for (const key of fresh.keys()) this.asked.delete(key);
    }
  }
}
