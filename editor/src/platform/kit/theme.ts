/** Light or dark: as the system says until the user chooses. */
import { create } from "zustand";

export type Theme = "light" | "dark";
const STORED = "mcs.theme";

function first(): Theme {
  const stored = localStorage.getItem(STORED);
  if (stored === "light" || stored === "dark") return stored;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export const useTheme = create<{ theme: Theme }>(() => ({ theme: "light" }));

export function setTheme(theme: Theme, keep = true): void {
  document.documentElement.dataset["theme"] = theme;
  if (keep) localStorage.setItem(STORED, theme);
  useTheme.setState({ theme });
}

export const startTheme = (): void => setTheme(first(), false);
