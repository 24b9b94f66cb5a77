import { describe, expect, test } from "vitest";
import { escaped, svgOf, type Picture } from "./svgPicture";
import type { Look } from "./canvasTheme";
import { fitting } from "./fitText";

const look = { panel: "#fff", line: "#888", ink: "#000", wire: "#888", accent: "#0aa", error: "#c00", warn: "#a80", off: "#999", family: () => "#0aa", tone: () => "#00a" } satisfies Look;
const box = { id: "a", x: 0, y: 0, width: 188, height: 42, node: { id: "a", type: "t", with_: {}, to: {}, title: "", note: "", disabled: false }, ports: { inputs: [], outputs: [{ name: "out" }], unknown: false } };
const picture = (label: string): Picture => ({
  scene: { nodes: new Map([["a", box]]), wires: [], frames: new Map(), bounds: box }, sheet: { nodes: {}, groups: {}, notes: {}, layout: {} }, look, ground: "#fff",
  label: () => label, kind: () => "kind", icon: () => "none", portName: (port) => port.name, groupTitle: (name) => name,
});

describe("the picture of a sheet", () => {
  test("what a label says is text, never markup", () => {
    const { svg } = svgOf(picture("<script>alert(1)</script>"));
    expect(svg).not.toContain("<script");
    expect(escaped(`<&>"'`)).toBe("&#60;&#38;&#62;&#34;&#39;");
  });

  test("it is as large as what it shows", () => {
    expect(svgOf(picture("a"))).toMatchObject({ width: 268, height: 142 });
  });

  test("a label that is too long is cut where it no longer fits, Han signs sooner", () => {
    expect(fitting("short", 100, 13)).toBe("short");
    expect(fitting("a".repeat(40), 100, 13)).toMatch(/^a{12,13}…$/);
    expect(fitting("气".repeat(40), 100, 13)).toMatch(/^气{6,7}…$/);
  });
});
