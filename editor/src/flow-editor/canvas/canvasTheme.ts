/** The colours of the page, for what is painted instead of styled. */
import type { FlowDocument } from "../editing/FlowDocument";
import { familyOf } from "./nodeAppearance";

export interface CanvasTheme {
  panel: string;
  line: string;
  ink: string;
  wire: string;
  accent: string;
  error: string;
  warn: string;
  off: string;
  family: (id: string) => string;
  tone: (colour: string) => string;
}

const tones: Record<string, string> = { blue: "--info", teal: "--accent", green: "--ok", amber: "--warn", red: "--error", violet: "--cat-output" };

export function readCanvasTheme(element: Element, doc: FlowDocument): CanvasTheme {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const colours = new Map<string, string>();
  const family = (id: string): string => {
    const name = familyOf(doc.state.catalogue.get(doc.sheet.nodes[id]?.type ?? ""));
    const known = colours.get(name) ?? token(`--cat-${name}`);
    colours.set(name, known);
    return known;
  };
  return {
    panel: token("--panel"), line: token("--line-strong"), ink: token("--ink"), wire: token("--wire"),
    accent: token("--accent"), error: token("--error"), warn: token("--warn"), off: token("--ink-3"), family, tone: (colour) => token(tones[colour] ?? "--cat-flow"),
  };
}
