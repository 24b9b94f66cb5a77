import { describe, expect, test } from "vitest";
import { NO_TYPES } from "../../model/flow/typeFlow";
import type { CanvasTheme } from "./canvasTheme";
import { fitText } from "./fitText";
import { escapeXml, renderSvg, type SvgPicture } from "./svgPicture";

const theme = { panel: "#fff", line: "#888", ink: "#000", wire: "#888", accent: "#0aa", error: "#c00", warn: "#a80", off: "#999", family: () => "#0aa", tone: () => "#00a" } satisfies CanvasTheme;
const box = { id: "a", x: 0, y: 0, width: 188, height: 42, node: { id: "a", type: "t", with_: {}, to: {}, title: "", note: "", disabled: false }, ports: { inputs: [], outputs: [{ name: "out" }], unknown: false } };
const picture = (label: string): SvgPicture => ({
  scene: { nodes: new Map([["a", box]]), wires: [], frames: new Map(), bounds: box, typeFlow: () => NO_TYPES }, sheet: { nodes: {}, groups: {}, notes: {}, layout: {} }, theme, background: "#fff",
  label: () => label, kind: () => "kind", icon: () => "none", portName: (port) => port.name, groupTitle: (name) => name,
});

describe("the picture of a sheet", () => {
  test("what a label says is text, never markup", () => {
    const { svg } = renderSvg(picture("<script>alert(1)</script>"));
    expect(svg).not.toContain("<script");
    expect(escapeXml(`<&>"'`)).toBe("&#60;&#38;&#62;&#34;&#39;");
  });

  test("it is as large as what it shows", () => {
    expect(renderSvg(picture("a"))).toMatchObject({ width: 268, height: 142 });
  });

  test("a label that is too long is cut where it no longer fits, Han signs sooner", () => {
    expect(fitText("short", 100, 13)).toBe("short");
    expect(fitText("a".repeat(40), 100, 13)).toMatch(/^a{12,13}…$/);
    expect(fitText("气".repeat(40), 100, 13)).toMatch(/^气{6,7}…$/);
  });
});
