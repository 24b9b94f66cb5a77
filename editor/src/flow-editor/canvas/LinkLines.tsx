/** The ways of the link node that is hovered or selected, drawn only then. */
import { ViewportPortal } from "@xyflow/react";
import { curveBetween, HEAD, pathOf, WIDTH } from "../../model/flow/geometry";
import { linksOf } from "../../model/flow/links";
import { useWords } from "../../platform/i18n";
import { useDocument, useFlowDocument } from "../editing/context";
import { sheetIn } from "../editing/FlowDocument";
import { useCanvas } from "./CanvasController";

export function LinkLines() {
  const { t } = useWords();
  const hovered = useCanvas((state) => state.hovered);
  const selected = useDocument((state) => (state.selected.size === 1 ? ([...state.selected][0] ?? "") : ""));
  const sheet = useDocument(sheetIn);
  const { name: flow } = useFlowDocument();
  const nodes = useCanvas((state) => state.scene.nodes);
  const links = linksOf(sheet, flow, hovered || selected);
  if (links.length === 0) return null;
  return (
    <ViewportPortal>
      <svg className="link-lines" aria-hidden="true">
        {links.map(({ from, to, name }) => {
          const start = nodes.get(from);
          const end = nodes.get(to);
          if (!start) return null;
          const out: [number, number] = [start.x + WIDTH, start.y + HEAD / 2];
          if (!end) return <text key={name} className="link-name" x={out[0] + 12} y={out[1] + 4}>{t("canvas.link.there", { name })}</text>;
          return <path key={`${from}>${to}`} className="link-line" d={pathOf(curveBetween(out, [end.x, end.y + HEAD / 2]))} />;
        })}
      </svg>
    </ViewportPortal>
  );
}
