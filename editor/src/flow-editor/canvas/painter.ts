/** Draws a whole sheet on one canvas: what is shown when it is too small for the DOM to be worth it. */
import { type Box, type Curve, frameAround, HEAD, noteBox, overlaps } from "../../model/flow/geometry";
import { curveOf, type Scene, type SceneWire } from "../../model/flow/scene";
import type { Position, Sheet } from "../../model/flow/types";
import type { LocalizedText } from "../../platform/i18n/words";
import type { CanvasTheme } from "./canvasTheme";
import type { Drag } from "./DragController";

export interface Painting {
  scene: Scene;
  sheet: Sheet;
  selected: ReadonlySet<string>;
  move: Drag | null;
  /** A label cut to its box. */
  fit: (text: string, width_px: number, size_px: number) => string;
  problems: ReadonlyMap<string, "error" | "warning">;
  /** Whether messages pass on a wire just now. */
  flows: (wire: SceneWire) => boolean;
  /** 0 to 4, as `heatOf` says; 0 without the heat mode. */
  heat: (id: string) => number;
  label: (id: string) => string;
  localize: (words: LocalizedText) => string;
  theme: CanvasTheme;
}

const FONT = "system-ui, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
export function paint(to: CanvasRenderingContext2D, painting: Painting, [tx, ty, zoom]: readonly [number, number, number], ratio: number): void {
  const { scene, sheet, selected, move, problems, heat, label, localize, theme, fit } = painting;
  const { width, height } = to.canvas;
  to.setTransform(1, 0, 0, 1, 0, 0);
  to.clearRect(0, 0, width, height);
  to.setTransform(zoom * ratio, 0, 0, zoom * ratio, tx * ratio, ty * ratio);
  const seen: Box = { x: -tx / zoom, y: -ty / zoom, width: width / ratio / zoom, height: height / ratio / zoom };
  const by = (id: string): Position => (move?.ids.has(id) ? move.by : [0, 0]);

  for (const [name, group] of Object.entries(sheet.groups)) {
    const frame = frameAround(group.members.flatMap((member) => {
      const box = scene.nodes.get(member);
      return box ? [{ ...box, x: box.x + by(member)[0], y: box.y + by(member)[1] }] : [];
    }));
    if (!frame) continue;
    const tone = theme.tone(group.colour);
    to.beginPath();
    to.roundRect(frame.x, frame.y, frame.width, frame.height, 10);
    to.fillStyle = tone;
    to.globalAlpha = 0.1;
    to.fill();
    to.globalAlpha = selected.has(`group:${name}`) ? 1 : 0.4;
    to.strokeStyle = tone;
    to.lineWidth = 1 / zoom;
    to.stroke();
    to.globalAlpha = 1;
    to.fillStyle = theme.ink;
    const size = Math.min(26, 12 / zoom);
    to.font = `600 ${size}px ${FONT}`;
    to.textBaseline = "alphabetic";
    to.fillText(localize(group.title) || name, frame.x + 12, frame.y + size + 3);
  }
  for (const note of Object.values(sheet.notes)) {
    const box = noteBox(note);
    to.fillStyle = theme.warn;
    to.globalAlpha = 0.22;
    to.fillRect(box.x, box.y, box.width, box.height);
    to.globalAlpha = 1;
  }
  paintWires(to, painting, seen, by);
  to.lineWidth = Math.min(3, 1 / zoom);
  const words = zoom > 0.16;
  const size = Math.round(Math.min(25, 11 / zoom));
  to.font = `600 ${size}px ${FONT}`;
  to.textBaseline = "middle";
  for (const box of scene.nodes.values()) {
    const [dx, dy] = by(box.id);
    const x = box.x + dx;
    const y = box.y + dy;
    if (!overlaps({ ...box, x, y }, seen)) continue;
    const colour = theme.family(box.id);
    to.globalAlpha = box.node.disabled ? 0.45 : 1;
    to.fillStyle = theme.panel;
    to.fillRect(x, y, box.width, box.height);
    const warmth = heat(box.id);
    if (warmth > 0) {
      to.fillStyle = warmth > 2 ? theme.error : theme.warn;
      to.globalAlpha = 0.12 * (warmth > 2 ? warmth - 1 : warmth);
      to.fillRect(x, y, box.width, box.height);
      to.globalAlpha = box.node.disabled ? 0.45 : 1;
    }
    to.fillStyle = colour;
    to.fillRect(x, y, words ? 10 : 40, box.height);
    to.strokeStyle = selected.has(box.id) ? theme.accent : theme.line;
    to.lineWidth = selected.has(box.id) ? 3 / zoom : Math.min(3, 1 / zoom);
    to.strokeRect(x, y, box.width, box.height);
    const problem = problems.get(box.id);
    if (problem) {
      to.fillStyle = problem === "error" ? theme.error : theme.warn;
      to.beginPath();
      to.arc(x + box.width, y, 5 / zoom, 0, 7);
      to.fill();
    }
    if (words) {
      to.fillStyle = theme.ink;
      to.fillText(fit(label(box.id), box.width - 30, size), x + 20, y + HEAD / 2 + 1);
    }
  }
  to.globalAlpha = 1;
}

function paintWires(to: CanvasRenderingContext2D, { scene, move, theme, flows }: Painting, seen: Box, by: (id: string) => Position): void {
  const stroke = (curves: Curve[], style: string, width: number): void => {
    to.strokeStyle = style;
    to.lineWidth = width;
    to.beginPath();
    for (const { from, c1, c2, to: end } of curves) {
      to.moveTo(from[0], from[1]);
      to.bezierCurveTo(c1[0], c1[1], c2[0], c2[1], end[0], end[1]);
    }
    to.stroke();
  };
  const idle: Curve[] = [];
  const flowing: Curve[] = [];
  for (const wire of scene.wires) {
    const curve = move && (move.ids.has(wire.from) || move.ids.has(wire.to)) ? curveOf(wire, scene.nodes, by) : wire.curve;
    const left = Math.min(curve.from[0], curve.to[0]) - 120;
    const top = Math.min(curve.from[1], curve.to[1]) - 50;
    const box = { x: left, y: top, width: Math.abs(curve.from[0] - curve.to[0]) + 240, height: Math.abs(curve.from[1] - curve.to[1]) + 100 };
    if (!overlaps(box, seen)) continue;
    (flows(wire) ? flowing : idle).push(curve);
  }
  stroke(idle, theme.wire, 2.2);
  stroke(flowing, theme.accent, 3);
}
