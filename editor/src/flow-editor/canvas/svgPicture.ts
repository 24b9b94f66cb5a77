/** A sheet as an SVG picture that needs nothing from the page. */
import { type Box, inRows, noteBox, pathOf, portTop, WIDTH } from "../../model/flow/geometry";
import type { Scene, SceneNode } from "../../model/flow/scene";
import type { Sheet } from "../../model/flow/types";
import { icons } from "../../platform/kit/baseIcons";
import type { CanvasTheme } from "./canvasTheme";
import { fitText } from "./fitText";

export interface SvgPicture {
  scene: Scene;
  sheet: Sheet;
  theme: CanvasTheme;
  background: string;
  label: (node: SceneNode) => string;
  kind: (node: SceneNode) => string;
  icon: (node: SceneNode) => string;
  portName: (port: SceneNode["ports"]["inputs"][number]) => string;
  groupTitle: (name: string) => string;
}

const MARGIN = 40;
const FONT = "system-ui, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";

export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export function renderSvg({ scene, sheet, theme, background, label, kind, icon, portName, groupTitle }: SvgPicture): { svg: string; width: number; height: number } {
  const bounds = scene.bounds ?? { x: 0, y: 0, width: 200, height: 100 };
  const width = bounds.width + 2 * MARGIN;
  const height = bounds.height + 2 * MARGIN + 20;
  const text = (x: number, y: number, words: string, size: number, fill: string, more = ""): string => `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" ${more}>${escapeXml(words)}</text>`;
  const rect = ({ x, y, width: w, height: h }: Box, more: string): string => `<rect x="${x}" y="${y}" width="${w}" height="${h}" ${more}/>`;
  const parts: string[] = [];
  for (const [name, box] of scene.frames) {
    parts.push(rect(box, `rx="10" fill="${theme.tone(sheet.groups[name]?.colour ?? "")}" fill-opacity="0.08" stroke="${theme.tone(sheet.groups[name]?.colour ?? "")}" stroke-opacity="0.4"`), text(box.x + 12, box.y + 20, groupTitle(name), 12, theme.ink, 'font-weight="600"'));
  }
  for (const note of Object.values(sheet.notes)) {
    const box = noteBox(note);
    parts.push(rect(box, `rx="4" fill="${theme.warn}" fill-opacity="0.14"`));
    note.text.split("\n").slice(0, Math.floor((box.height - 8) / 17)).forEach((line, row) => parts.push(text(box.x + 12, box.y + 22 + row * 17, fitText(line.replace(/^#+\s*/, ""), box.width - 24, 12), 12, theme.ink)));
  }
  for (const wire of scene.wires) {
    parts.push(`<path d="${pathOf(wire.curve)}" fill="none" stroke="${theme.wire}" stroke-width="2"${wire.disabled ? ' stroke-dasharray="5 5" opacity="0.5"' : ""}/>`);
  }
  for (const box of scene.nodes.values()) {
    const colour = theme.family(box.id);
    const { x, y } = box;
    parts.push(
      `<g${box.node.disabled ? ' opacity="0.55"' : ""}>`,
      rect(box, `rx="7" fill="${theme.panel}" stroke="${theme.line}"`),
      `<path d="M${x + 7},${y}h33v${box.height}h-33a7,7 0 0 1 -7,-7v-${box.height - 14}a7,7 0 0 1 7,-7z" fill="${colour}" fill-opacity="0.14"/>`,
      `<g transform="translate(${x + 11} ${y + box.height / 2 - 9}) scale(0.75)" fill="none" stroke="${colour}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawing(icon(box))}</g>`,
      text(x + 48, y + 19, fitText(label(box), WIDTH - 74, 13), 13, theme.ink, 'font-weight="600"'),
      text(x + 48, y + 33, fitText(kind(box), WIDTH - 74, 11), 11, theme.off),
    );
    for (const side of ["inputs", "outputs"] as const) {
      box.ports[side].forEach((port, index) => {
        const top = y + portTop(box.ports[side], index);
        parts.push(`<circle cx="${side === "inputs" ? x : x + WIDTH}" cy="${top}" r="4.5" fill="${theme.line}" stroke="${theme.panel}" stroke-width="2"/>`);
        if (!inRows(box.ports[side])) return;
        parts.push(side === "inputs" ? text(x + 48, top + 4, portName(port), 11, theme.off) : text(x + WIDTH - 11, top + 4, portName(port), 11, theme.off, 'text-anchor="end"'));
      });
    }
    parts.push("</g>");
  }
  const view = `${bounds.x - MARGIN} ${bounds.y - MARGIN} ${width} ${height}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}" width="${width}" height="${height}" font-family="${FONT}">${rect({ x: bounds.x - MARGIN, y: bounds.y - MARGIN, width, height }, `fill="${background}"`)}${parts.join("")}</svg>`;
  return { svg, width, height };
}

function drawing(icon: string): string {
  return (icons.loaded(icon) ?? []).map(([tag, attributes]) => `<${tag} ${Object.entries(attributes).map(([name, value]) => `${name}="${escapeXml(String(value))}"`).join(" ")}/>`).join("");
}
