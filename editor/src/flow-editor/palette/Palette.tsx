/** The node types at the left: typed for, walked through with arrows, added by Enter, a click or a drag. */
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { NodeType } from "../../model/flow/server";
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { useAllowed } from "../../platform/session/session";
import { useCanvasController } from "../canvas/CanvasController";
import { familyOf } from "../canvas/nodeAppearance";
import { useDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { useLayout } from "../editing/panelLayout";
import { addNode } from "./addNode";
import { availableTypes } from "./availableTypes";
import { byCategory, categoryTitle } from "./categories";
import { matchingTypes } from "./filter";
import "./palette.css";

const STORED = "mcs.palette.closed";

export function Palette() {
  const canvas = useCanvasController();
  const { t, language } = useWords();
  const id = useId();
  const may = useAllowed("admin");
  const catalogue = useDocument((state) => state.catalogue);
  const subflows = useDocument((state) => modelIn(state).subflows);
  const scope = useDocument((state) => state.scope);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState("");
  const [closed, setClosed] = useState(() => new Set((localStorage.getItem(STORED) ?? "").split(",").filter(Boolean)));
  const input = useRef<HTMLInputElement>(null);
  const wanted = useLayout((state) => state.paletteWanted);
  const types = useMemo(() => availableTypes(canvas.doc.state), [catalogue, subflows, scope]);
  const groups = useMemo(() => {
    const listed = matchingTypes(types, typed);
    return typed.trim() ? [{ category: "", types: listed }] : byCategory(listed);
  }, [types, typed]);
  const open = (category: string) => typed !== "" || !closed.has(category);
  const rows = groups.flatMap((group) => (open(group.category) ? group.types : []));
  const here = rows.find((type) => type.type === chosen) ?? (typed ? rows[0] : undefined);

  useEffect(() => {
    if (!wanted) return;
    input.current?.focus();
    useLayout.setState({ paletteWanted: false });
  }, [wanted]);
  useEffect(() => {
    if (here) document.getElementById(`${id}-${here.type}`)?.scrollIntoView({ block: "nearest" });
  }, [here, id]);

  const toggle = (category: string): void => {
    const next = new Set(closed);
    if (!next.delete(category)) next.add(category);
    setClosed(next);
    localStorage.setItem(STORED, [...next].join());
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && rows.length) {
      event.preventDefault();
      const at = here ? rows.indexOf(here) + step : step > 0 ? 0 : -1;
      setChosen(rows.at(at % rows.length)?.type ?? "");
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing && here && may) {
      event.preventDefault();
      addNode(canvas, here);
    } else if (event.key === "Escape" && typed) {
      event.stopPropagation();
      setTyped("");
    }
  };

  return (
    <section className="palette" aria-label={t("palette.label")}>
      <div className="palette-search">
        <Icon name="search" size={15} />
        <input ref={input} type="search" role="combobox" aria-expanded="true" aria-controls={`${id}l`} aria-activedescendant={here ? `${id}-${here.type}` : undefined}
          aria-label={t("palette.search")} placeholder={t("palette.placeholder")} autoComplete="off" spellCheck={false} value={typed} onKeyDown={onKeyDown}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen("");
          }} />
      </div>
      <div className="palette-list" role="listbox" id={`${id}l`} aria-label={t("palette.label")} tabIndex={-1}>
        {groups.map(({ category, types: listed }) => (
          <div key={category} role="group" aria-label={category ? categoryTitle(category) : t("palette.found")}>
            {category && (
              <div className="palette-category" role="presentation" onClick={() => toggle(category)} data-closed={closed.has(category) || undefined}>
                <Icon name={closed.has(category) ? "chevron-right" : "chevron-down"} size={14} />
                <span>{categoryTitle(category)}</span>
                <span className="palette-number">{listed.length}</span>
              </div>
            )}
            {open(category) && listed.map((type) => (
              <Row key={type.type} id={`${id}-${type.type}`} type={type} chosen={type === here} may={may} language={language} />
            ))}
          </div>
        ))}
        {rows.length === 0 && typed && <p className="palette-none">{t("palette.none", { typed })}</p>}
      </div>
    </section>
  );
}

function Row({ id, type, chosen, may, language }: { id: string; type: NodeType; chosen: boolean; may: boolean; language: string }) {
  const canvas = useCanvasController();
  const { t, localize } = useWords();
  const help = localize(type.help).split("\n\n")[0] ?? "";
  return (
    <div id={id} role="option" aria-selected={chosen} aria-disabled={!may || undefined} className="palette-row" draggable={may} lang={language === "zh" ? "zh-CN" : "en"}
      data-family={familyOf(type)} title={may ? help : t("kit.needs", { role: t("role.admin") })} onClick={() => may && addNode(canvas, type)}
      onDragStart={(event) => {
        event.dataTransfer.setData("application/x-mcs-node", type.type);
        event.dataTransfer.effectAllowed = "copy";
      }}>
      <span className="palette-icon"><Icon name={type.icon || "box"} size={16} /></span>
      <span className="palette-name">{localize(type.title) || type.type}</span>
      <span className="palette-type">{type.type.split("/").at(-1)}</span>
    </div>
  );
}
