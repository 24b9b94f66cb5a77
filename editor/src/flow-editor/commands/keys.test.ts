import { describe, expect, test } from "vitest";
import { formatKeys, isSingleKey, type KeyPress, matchesKeys } from "./keys";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

describe("keys", () => {
  test("Ctrl and ⌘ are both Mod", () => {
    expect(matchesKeys(press("z", { ctrlKey: true }), "Mod+Z")).toBe(true);
    expect(matchesKeys(press("z", { metaKey: true }), "Mod+Z")).toBe(true);
    expect(matchesKeys(press("z"), "Mod+Z")).toBe(false);
  });

  test("Shift makes another shortcut of a letter", () => {
    expect(matchesKeys(press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Z")).toBe(false);
    expect(matchesKeys(press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Shift+Z")).toBe(true);
  });

  test("a question mark counts with Shift and without", () => {
    expect(matchesKeys(press("?", { shiftKey: true }), "?")).toBe(true);
    expect(matchesKeys(press("?"), "?")).toBe(true);
  });

  test("a letter is known by its place where Alt makes another sign of it", () => {
    expect(matchesKeys(press("å", { altKey: true, code: "KeyA" }), "Alt+A")).toBe(true);
  });

  test("only shortcuts without Ctrl or Alt would type text", () => {
    expect([isSingleKey("F"), isSingleKey("Delete"), isSingleKey("Mod+F"), isSingleKey("Alt+A")]).toEqual([true, true, false, false]);
  });

  test("keys are shown as they are printed", () => {
    expect(formatKeys("Mod+Shift+Z", false)).toBe("Ctrl+Shift+Z");
    expect(formatKeys("Mod+Shift+Z", true)).toBe("⌘⇧Z");
    expect(formatKeys("Delete", false)).toBe("Del");
  });
});
