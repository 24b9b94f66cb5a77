/** Copy, cut and paste: the clipboard holds YAML, so it goes between flows, browsers and text editors. */
import { createContext } from "react";
import { type Excerpt, excerptOf, pasteOperations, readExcerpt } from "../../model/flow/excerpt";
import { GRID, snapToGrid } from "../../model/flow/geometry";
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { useRequired } from "../../platform/kit/useRequired";
import { allowed } from "../../platform/session/session";
import type { CanvasController } from "./CanvasController";
import { removeOperations } from "./splice";

export class Clipboard {
  private yaml: typeof import("yaml") | null = null;
  /** What was copied last here, for browsers that don't let a page read the clipboard. */
  private last = "";

  constructor(private readonly canvas: CanvasController) {}

  /** The browser's own events: they work without HTTPS and ask for no permission. The answer ends it. */
  follow(): () => void {
    const idle = setTimeout(() => void this.reader(), 2000);
    const copy = (event: ClipboardEvent): void => {
      if (!this.copies()) return;
      event.preventDefault();
      this.last = this.text();
      event.clipboardData?.setData("text/plain", this.last);
      if (event.type === "cut" && allowed("admin")) this.removeSelection();
    };
    const paste = (event: ClipboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest("input, textarea, select, [contenteditable=true], .cm-editor, dialog")) return;
      const pasted = event.clipboardData?.getData("text/plain") ?? "";
      if (!pasted.trim()) return;
      event.preventDefault();
      void this.pasteText(pasted).then((done) => done || toast("warning", translate("clipboard.nothing")));
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", paste);
    return () => {
      clearTimeout(idle);
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", paste);
    };
  }

  async copy(): Promise<void> {
    await this.reader();
    this.last = this.text();
    await navigator.clipboard?.writeText(this.last).catch(() => undefined);
  }

  async cut(): Promise<void> {
    await this.copy();
    this.removeSelection();
  }

  async paste(): Promise<void> {
    const pasted = (await navigator.clipboard?.readText().catch(() => "")) || this.last;
    if (!(await this.pasteText(pasted, this.canvas.centre()))) toast("warning", translate("clipboard.nothing"));
  }

  async duplicate(): Promise<void> {
    await this.reader();
    const excerpt = await this.read(this.text());
    const { doc } = this.canvas;
    const places = [...doc.state.selected].flatMap((id): Position[] => {
      const at = this.positionOf(id) ?? doc.sheet.notes[id.replace("note:", "")]?.at;
      return at ? [at] : [];
    });
    if (excerpt) this.put(excerpt, [Math.min(...places.map(([x]) => x)) + GRID * 3, Math.min(...places.map(([, y]) => y)) + GRID * 6]);
  }

  /** Nodes out of a file that was chosen or dropped. */
  async importFile(file: File, at?: Position): Promise<void> {
    if (!(await this.pasteText(await file.text(), at))) toast("warning", translate("clipboard.bad-file", { name: file.name }));
  }

  private async reader(): Promise<typeof import("yaml")> {
    return (this.yaml ??= await import("yaml"));
  }

  private text(): string {
    const { doc } = this.canvas;
    const excerpt = excerptOf(doc.model, doc.scope, doc.state.selected, (id) => this.positionOf(id));
    // Every JSON text is YAML, so a copy in the first moments of a page is one too.
    return this.yaml ? this.yaml.stringify(excerpt, { lineWidth: 0 }) : JSON.stringify(excerpt, null, 2);
  }

  private positionOf(id: string): Position | undefined {
    const box = this.canvas.scene.nodes.get(id);
    return box && [box.x, box.y];
  }

  private copies(): boolean {
    const target = document.activeElement;
    const inCanvas = !target || target === document.body || target.closest(".stage") !== null;
    return inCanvas && (getSelection()?.isCollapsed ?? true) && this.canvas.doc.state.selected.size > 0;
  }

  private removeSelection(): void {
    const { doc } = this.canvas;
    doc.edit(translate("step.remove"), removeOperations(this.canvas, [...doc.state.selected], false));
  }

  private async pasteText(pasted: string, at?: Position): Promise<boolean> {
    if (!allowed("admin")) return false;
    const excerpt = await this.read(pasted);
    if (!excerpt) return false;
    this.put(excerpt, at ?? this.canvas.viewport?.pointer() ?? this.canvas.centre());
    return true;
  }

  private async read(pasted: string): Promise<Excerpt | null> {
    try {
      return readExcerpt((await this.reader()).parse(pasted));
    } catch {
      return null;
    }
  }

  private put(excerpt: Excerpt, at: Position): void {
    const { doc } = this.canvas;
    const first = this.canvas.freePosition([snapToGrid(at[0]), snapToGrid(at[1])]);
    let row = 0;
    const { operations, ids } = pasteOperations(excerpt, doc.model, doc.scope, first, () => [0, (row += 1) * GRID * 9]);
    doc.edit(translate("step.paste"), operations);
    doc.select(ids);
  }
}

export const ClipboardContext = createContext<Clipboard | null>(null);
export const useClipboard = (): Clipboard => useRequired(ClipboardContext);
