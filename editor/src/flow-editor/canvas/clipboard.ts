/** Copy, cut and paste: the clipboard holds YAML, so it goes between flows, browsers and text editors. */
import { type Excerpt, excerptOf, pasteOperations, readExcerpt } from "../../model/flow/excerpt";
import { GRID, snapToGrid } from "../../model/flow/geometry";
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { allowed } from "../../platform/session/session";
import { freePosition, stage, useCanvas } from "../editing/canvasState";
import { draft, edit, select, sheet, useDocument } from "../editing/document";
import { removeOperations } from "./splice";

let yaml: typeof import("yaml") | null = null;
const reader = async () => (yaml ??= await import("yaml"));

/** What was copied last here, for browsers that don't let a page read the clipboard. */
let last = "";

const placeOf = (id: string): Position | undefined => {
  const box = useCanvas.getState().scene.nodes.get(id);
  return box && [box.x, box.y];
};

function text(): string {
  const { scope, selected } = useDocument.getState();
  const excerpt = excerptOf(draft().model, scope, selected, placeOf);
  // Every JSON text is YAML, so a copy in the first moments of a page is one too.
  return yaml ? yaml.stringify(excerpt, { lineWidth: 0 }) : JSON.stringify(excerpt, null, 2);
}

async function pasteText(pasted: string, at?: Position): Promise<boolean> {
  if (!allowed("admin")) return false;
  const excerpt = await read(pasted);
  if (!excerpt) return false;
  put(excerpt, at ?? stage.pointer() ?? stage.centre());
  return true;
}

async function read(pasted: string): Promise<Excerpt | null> {
  try {
    return readExcerpt((await reader()).parse(pasted));
  } catch {
    return null;
  }
}

function put(excerpt: Excerpt, at: Position): void {
  const { scope } = useDocument.getState();
  const [x, y] = freePosition([snapToGrid(at[0]), snapToGrid(at[1])]);
  let row = 0;
  const { operations, ids } = pasteOperations(excerpt, draft().model, scope, [x, y], () => [0, (row += 1) * GRID * 9]);
  edit(translate("step.paste"), operations);
  select(ids);
}

const copies = (): boolean => {
  const target = document.activeElement;
  const inCanvas = !target || target === document.body || target.closest(".stage") !== null;
  return inCanvas && (getSelection()?.isCollapsed ?? true) && useDocument.getState().selected.size > 0;
};

/** The browser's own events: they work without HTTPS and ask for no permission. */
export function handleClipboard(): () => void {
  const idle = setTimeout(() => void reader(), 2000);
  const copy = (event: ClipboardEvent): void => {
    if (!copies()) return;
    event.preventDefault();
    last = text();
    event.clipboardData?.setData("text/plain", last);
    if (event.type === "cut" && allowed("admin")) edit(translate("step.remove"), removeOperations([...useDocument.getState().selected], false));
  };
  const paste = (event: ClipboardEvent): void => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("input, textarea, select, [contenteditable=true], .cm-editor, dialog")) return;
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    if (!pasted.trim()) return;
    event.preventDefault();
    void pasteText(pasted).then((done) => done || toast("warning", translate("clipboard.nothing")));
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

export async function copySelection(): Promise<void> {
  await reader();
  last = text();
  await navigator.clipboard?.writeText(last).catch(() => undefined);
}

export async function cutSelection(): Promise<void> {
  await copySelection();
  edit(translate("step.remove"), removeOperations([...useDocument.getState().selected], false));
}

export async function pasteClipboard(): Promise<void> {
  const pasted = (await navigator.clipboard?.readText().catch(() => "")) || last;
  if (!(await pasteText(pasted, stage.centre()))) toast("warning", translate("clipboard.nothing"));
}

export async function duplicate(): Promise<void> {
  await reader();
  const excerpt = await read(text());
  const boxes = [...useDocument.getState().selected].flatMap((id): Position[] => {
    const at = placeOf(id) ?? sheet().notes[id.replace("note:", "")]?.at;
    return at ? [at] : [];
  });
  if (excerpt) put(excerpt, [Math.min(...boxes.map(([x]) => x)) + GRID * 3, Math.min(...boxes.map(([, y]) => y)) + GRID * 6]);
}

/** Nodes out of a file that was chosen or dropped. */
export async function importFile(file: File, at?: Position): Promise<void> {
  if (!(await pasteText(await file.text(), at))) toast("warning", translate("clipboard.bad-file", { name: file.name }));
}
