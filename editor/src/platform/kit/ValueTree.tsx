/** A value as a tree: opened level by level, each path to be copied. Texts in it stay texts. */
import { useState } from "react";
import { translate } from "../i18n";
import { Icon } from "./Icon";
import { toast } from "./toasts";
import { childrenOf, MAX_CHILDREN, oneLine, pathOf, type Step, type ValueChange } from "./values";
import "./value-tree.css";

interface Props {
  value: unknown;
  /** Where the value stands in its message; with it, paths can be copied. */
  root?: string;
  marks?: ReadonlyMap<string, ValueChange>;
  /** How many levels are open at first. */
  open?: number;
}

export function ValueTree({ value, root, marks, open = 1 }: Props) {
  return <div className="value-tree"><Branch value={value} steps={root ? [root] : []} name={null} marks={marks} levels={open} copies={root !== undefined} /></div>;
}

function Branch({ value, steps, name, marks, levels, copies }: { value: unknown; steps: Step[]; name: Step | null; marks: ReadonlyMap<string, ValueChange> | undefined; levels: number; copies: boolean }) {
  const [open, setOpen] = useState(levels > 0);
  const [all, setAll] = useState(false);
  const children = childrenOf(value);
  const path = pathOf(steps);
  const mark = marks?.get(path);
  const key = name === null ? null : <span className="value-name">{String(name)}</span>;
  const copy = copies && name !== null && (
    <button type="button" className="value-copy" title={translate("value.copy", { path })} aria-label={translate("value.copy", { path })} onClick={() => {
      void navigator.clipboard.writeText(path).then(() => toast("ok", translate("value.copied", { path })));
    }}><Icon name="copy" size={12} /></button>
  );
  if (children.length === 0) {
    return <div className="value-line" data-mark={mark}>{key}<Leaf value={value} />{mark && <span className="value-mark">{translate(`value.${mark}`)}</span>}{copy}</div>;
  }
  const shown = all ? children : children.slice(0, MAX_CHILDREN);
  return (
    <div className="value-branch">
      <div className="value-line" data-mark={mark}>
        <button type="button" className="value-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "chevron-down" : "chevron-right"} size={13} />
          {key}
          <span className="value-brief">{open ? (Array.isArray(value) ? `[${children.length}]` : `{${children.length}}`) : oneLine(value, 80)}</span>
        </button>
        {mark && <span className="value-mark">{translate(`value.${mark}`)}</span>}
        {copy}
      </div>
      {open && (
        <div className="value-children">
          {shown.map(([step, child]) => <Branch key={step} value={child} steps={[...steps, step]} name={step} marks={marks} levels={levels - 1} copies={copies} />)}
          {shown.length < children.length && <button type="button" className="value-more" onClick={() => setAll(true)}>{translate("value.more", { count: children.length - shown.length })}</button>}
        </div>
      )}
    </div>
  );
}

function Leaf({ value }: { value: unknown }) {
  const [whole, setWhole] = useState(false);
  if (typeof value === "string") {
    const long = value.length > 400 && !whole;
    return <span className="value-string">{long ? `${value.slice(0, 400)}…` : value || '""'}{long && <button type="button" className="value-more" onClick={() => setWhole(true)}>{translate("value.whole")}</button>}</span>;
  }
  if (value === null || value === undefined) return <span className="value-null">null</span>;
  return <span className={typeof value === "number" ? "value-number" : "value-other"}>{typeof value === "object" ? (Array.isArray(value) ? "[]" : "{}") : String(value)}</span>;
}
