/** Shortcuts as they are written (`Mod+Shift+Z`), pressed and shown. */
export interface KeyPress {
  key: string;
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const ARROWS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del", Escape: "Esc" };

/** Whether a press is this shortcut. Signs such as `?` come with Shift on some keyboards and without on others. */
export function matchesKeys(event: KeyPress, keys: string): boolean {
  const parts = keys.split("+");
  const key = parts.pop() || "+";
  const has = (part: string) => parts.includes(part);
  if ((event.ctrlKey || event.metaKey) !== has("Mod") || event.altKey !== has("Alt")) return false;
  const sign = key.length === 1 && !/[a-z0-9]/i.test(key);
  if (!sign && event.shiftKey !== has("Shift")) return false;
  // With Shift or Alt held a letter may come as another sign: the place of the key tells.
  return event.key.toLowerCase() === key.toLowerCase() || event.code === `Key${key.toUpperCase()}` || event.code === `Digit${key}` || (key === "=" && event.key === "+");
}

/** A single sign types text, so it is a shortcut only where nothing is typed. */
export const isSingleKey = (keys: string): boolean => !/^(Mod|Alt)\+/.test(keys);

export function formatKeys(keys: string, mac = isMac()): string {
  const words: Record<string, string> = mac ? { Mod: "⌘", Shift: "⇧", Alt: "⌥" } : { Mod: "Ctrl" };
  const parts = keys.split("+").map((part) => words[part] ?? ARROWS[part] ?? (part || "+"));
  return parts.join(mac ? "" : "+");
}

const isMac = (): boolean => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
