/** The four kinds of formula a device may have. What is stored is always one expression; the kinds are ways to write it. */
export type FormulaKind = "linear" | "polynomial" | "table" | "expression";

export interface Formula {
  kind: FormulaKind;
  /** Polynomial: factors of v_raw to the powers 0, 1, 2, …, as typed. */
  factors: string[];
  /** Table: raw value and concentration, as typed. */
  points: [string, string][];
  text: string;
}

const TEMPERATURE = " + t_coef * (temp - 25)";
const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const TABLE = new RegExp(`^interpolate\\(v_raw((?:, ${NUMBER})+)\\)$`);
const TERM = new RegExp(`^(${NUMBER})(?: \\* v_raw(?: \\*\\* (\\d))?)?$`);

export const LINEAR: Formula = { kind: "linear", factors: ["0", "1", "0"], points: [["0", "0"], ["1000", "100"]], text: "k * v_raw + b + t_coef * (temp - 25)" };

/** The kind of a stored formula, by the form in which `formulaText` writes it. */
export function readFormula(stored: string | null): Formula {
  if (stored === null || stored.trim() === "") return LINEAR;
  const text = stored.trim();
  const body = text.endsWith(TEMPERATURE) ? text.slice(0, -TEMPERATURE.length) : null;
  if (body !== null) {
    const table = TABLE.exec(body);
    const numbers = table?.[1]?.split(", ").slice(1) ?? [];
    if (numbers.length >= 4 && numbers.length % 2 === 0) {
      const points = numbers.flatMap((number, at): [string, string][] => (at % 2 === 0 ? [[number, numbers[at + 1] ?? ""]] : []));
      return { ...LINEAR, kind: "table", points, text };
    }
    const factors = readPolynomial(body);
    if (factors) return { ...LINEAR, kind: "polynomial", factors, text };
  }
  return { ...LINEAR, kind: "expression", text };
}

function readPolynomial(body: string): string[] | null {
  const factors: string[] = [];
  for (const [at, term] of body.split(" + ").entries()) {
    const found = TERM.exec(term);
    if (!found) return null;
    const power = term.includes("v_raw") ? Number(found[2] ?? 1) : 0;
    if (power !== at) return null;
    factors.push(found[1] ?? "");
  }
  return factors.length >= 2 ? factors : null;
}

/** What is stored; null for the linear formula of the flow. A part that is no number makes an expression that the server refuses. */
export function formulaText(formula: Formula): string | null {
  switch (formula.kind) {
    case "linear": return null;
    case "expression": return formula.text;
    case "polynomial": return formula.factors.map((factor, power) => `${clean(factor)}${["", " * v_raw"][power] ?? ` * v_raw ** ${power}`}`).join(" + ") + TEMPERATURE;
    case "table": return `interpolate(v_raw, ${formula.points.map(([raw, conc]) => `${clean(raw)}, ${clean(conc)}`).join(", ")})${TEMPERATURE}`;
  }
}

const clean = (text: string): string => {
  const trimmed = text.trim();
  return trimmed === "" || !Number.isFinite(Number(trimmed)) ? trimmed || "?" : String(Number(trimmed));
};
