/** The choice of a device's formula: linear, polynomial, table or any expression. What is stored is always one expression. */
import { useEffect, useRef, useState } from "react";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { useAllowed } from "../../platform/session/session";
import type { Draft } from "./fields";
import { type Formula, type FormulaKind, formulaText, readFormula } from "./formula";
import type { DeviceDraft } from "./useDeviceDraft";

const KINDS: FormulaKind[] = ["linear", "polynomial", "table", "expression"];
const MOST_POWERS = 6;

export function FormulaEditor({ device, draft }: { device: DeviceDraft; draft: Draft }) {
  const { t } = useWords();
  const may = useAllowed("admin");
  const [formula, setFormula] = useState<Formula>(() => readFormula(draft.formula || null));
  const written = useRef(draft.formula);
  // Changed from outside: discarded, or saved by somebody else.
  useEffect(() => {
    if (draft.formula === written.current) return;
    written.current = draft.formula;
    setFormula(readFormula(draft.formula || null));
  }, [draft.formula]);
  const change = (next: Formula) => {
    setFormula(next);
    written.current = formulaText(next) ?? "";
    device.set("formula", written.current);
  };
  const problem = device.problemOf("formula");
  return (
    <div className="formula">
      <div className="segments" role="radiogroup" aria-label={t("device.formula")}>
        {KINDS.map((kind) => (
          <button key={kind} type="button" role="radio" aria-checked={formula.kind === kind} disabled={!may} onClick={() => change({ ...formula, kind })}>{t(`formula.${kind}`)}</button>
        ))}
      </div>
      {formula.kind === "linear" && <code className="formula-shown">conc = k · v_raw + b + t_coef · (temp − 25)</code>}
      {formula.kind === "polynomial" && <Polynomial formula={formula} onChange={change} />}
      {formula.kind === "table" && <TablePoints formula={formula} onChange={change} />}
      {formula.kind === "expression" && (
        <textarea className="input input-mono" aria-label={t("formula.expression")} spellCheck={false} readOnly={!may} value={formula.text} aria-invalid={problem ? true : undefined}
          onChange={(event) => change({ ...formula, text: event.target.value })} />
      )}
      {problem && <p className="field-problem"><Icon name="circle-alert" size={13} />{problem}</p>}
      {formula.kind === "expression" && <p className="field-help">{t("formula.help")}</p>}
    </div>
  );
}

interface Part {
  formula: Formula;
  onChange: (formula: Formula) => void;
}

function Polynomial({ formula, onChange }: Part) {
  const { t } = useWords();
  const { factors } = formula;
  const set = (at: number, text: string) => onChange({ ...formula, factors: factors.map((factor, power) => (power === at ? text : factor)) });
  return (
    <div className="formula-terms">
      <span>conc =</span>
      {factors.map((factor, power) => (
        <label key={power} className="formula-term">
          {power > 0 && <span>+</span>}
          <input className="input number" inputMode="decimal" aria-label={t("formula.factor", { power })} value={factor} onChange={(event) => set(power, event.target.value)} />
          {power > 0 && <span>· v_raw{power > 1 && <sup>{power}</sup>}</span>}
        </label>
      ))}
      <span>+ t_coef · (temp − 25)</span>
      {factors.length < MOST_POWERS && <Button icon="plus" onClick={() => onChange({ ...formula, factors: [...factors, "0"] })}>{t("formula.power")}</Button>}
      {factors.length > 2 && <IconButton icon="minus" label={t("formula.less")} onClick={() => onChange({ ...formula, factors: factors.slice(0, -1) })} />}
    </div>
  );
}

function TablePoints({ formula, onChange }: Part) {
  const { t } = useWords();
  const { points } = formula;
  const set = (at: number, side: 0 | 1, text: string) =>
    onChange({ ...formula, points: points.map((point, index) => (index !== at ? point : side === 0 ? [text, point[1]] : [point[0], text])) });
  return (
    <table className="formula-table">
      <thead><tr><th scope="col">v_raw</th><th scope="col">{t("formula.conc")}</th><th /></tr></thead>
      <tbody>
        {points.map(([raw, conc], at) => (
          <tr key={at}>
            <td><input className="input number" inputMode="decimal" aria-label={t("formula.raw", { row: at + 1 })} value={raw} onChange={(event) => set(at, 0, event.target.value)} /></td>
            <td><input className="input number" inputMode="decimal" aria-label={t("formula.value", { row: at + 1 })} value={conc} onChange={(event) => set(at, 1, event.target.value)} /></td>
            <td>{points.length > 2 && <IconButton icon="x" label={t("kit.delete")} onClick={() => onChange({ ...formula, points: points.filter((_, index) => index !== at) })} />}</td>
          </tr>
        ))}
      </tbody>
      <tfoot><tr><td colSpan={3}><Button icon="plus" onClick={() => onChange({ ...formula, points: [...points, ["", ""]] })}>{t("formula.row")}</Button></td></tr></tfoot>
    </table>
  );
}
