/** Automatic layout: of the selection where it stands, of the whole sheet without one. */
import { snapToGrid } from "../../model/flow/geometry";
import { addressOf } from "../../model/flow/sheet";
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import type { CanvasController } from "./CanvasController";
import type { LayoutRequest } from "./layoutRequest";

export async function autoLayout(canvas: CanvasController): Promise<void> {
  const { scene } = canvas.state;
  const chosen = canvas.doc.selectedNodes();
  const ids = new Set(chosen.length > 1 ? chosen : Object.keys(canvas.doc.sheet.nodes));
  const boxes = [...ids].flatMap((id) => scene.nodes.get(id) ?? []);
  const [first] = boxes;
  if (!first) return;
  const groups = Object.entries(canvas.doc.sheet.groups).map(([name, { members }]) => ({ name, members: members.filter((member) => ids.has(member)) })).filter(({ members }) => members.length > 0);
  const places = await computed({ boxes: boxes.map(({ id, width, height }) => ({ id, width, height })), wires: scene.wires.filter(({ from, to }) => ids.has(from) && ids.has(to)).map(({ from, to }) => ({ from, to })), groups });
  const corner = (of: (place: Position) => number, list: Position[]) => Math.min(...list.map(of));
  const before = boxes.map((box): Position => [box.x, box.y]);
  const after = Object.values(places);
  const dx = corner(([x]) => x, before) - corner(([x]) => x, after);
  const dy = corner(([, y]) => y, before) - corner(([, y]) => y, after);
  const { scope } = canvas.doc.state;
  const positions = Object.fromEntries(Object.entries(places).map(([id, [x, y]]): [string, Position] => [addressOf(scope, id), [snapToGrid(x + dx), snapToGrid(y + dy)]]));
  canvas.doc.edit(translate("step.layout"), [{ op: "set_layout", positions }]);
  if (chosen.length < 2) canvas.fit();
}

function computed(request: LayoutRequest): Promise<Record<string, Position>> {
  const worker = new Worker(new URL("./autoLayout.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Record<string, Position>>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Record<string, Position>>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
