import { describe, expect, test } from "vitest";
import { isBare, isPress, shownKeys, type Pressed } from "./keys";

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

describe("keys", () => {
  test("Ctrl and ⌘ are both Mod", () => {
    expect(isPress(press("z", { ctrlKey: true }), "Mod+Z")).toBe(true);
    expect(isPress(press("z", { metaKey: true }), "Mod+Z")).toBe(true);
    expect(isPress(press("z"), "Mod+Z")).toBe(false);
  });

  test("Shift makes another shortcut of a letter", () => {
    expect(isPress(press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Z")).toBe(false);
    expect(isPress(press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Shift+Z")).toBe(true);
  });

  test("a question mark counts with Shift and without", () => {
    expect(isPress(press("?", { shiftKey: true }), "?")).toBe(true);
    expect(isPress(press("?"), "?")).toBe(true);
  });

  test("a letter is known by its place where Alt makes another sign of it", () => {
    expect(isPress(press("å", { altKey: true, code: "KeyA" }), "Alt+A")).toBe(true);
  });

  test("only shortcuts without Ctrl or Alt would type text", () => {
    expect([isBare("F"), isBare("Delete"), isBare("Mod+F"), isBare("Alt+A")]).toEqual([true, true, false, false]);
  });

  test("keys are shown as they are printed", () => {
    expect(shownKeys("Mod+Shift+Z", false)).toBe("Ctrl+Shift+Z");
    expect(shownKeys("Mod+Shift+Z", true)).toBe("⌘⇧Z");
    expect(shownKeys("Delete", false)).toBe("Del");
  });
});
