/** One node on the canvas. */
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";
import type { Incompatibility } from "../../model/flow/connect";
import { inRows, portTop } from "../../model/flow/geometry";
import { type SceneNode, subflowPortOf } from "../../model/flow/scene";
import type { PortType } from "../../model/flow/server";
import { ERROR_PORT, SUBFLOW_PREFIX } from "../../model/flow/types";
import { payloadTitle, useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { useDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { useCanvas, useCanvasController } from "./CanvasController";
import { familyOf, iconOf, labelOf } from "./nodeAppearance";
import { incompatibilityText } from "./wiring";

export type BoxData = { box: SceneNode; problem: "error" | "warning" | null; changed: boolean };

export const NodeBox = memo(function NodeBox({ id, data, selected }: NodeProps & { data: BoxData }) {
  const { t, localize } = useWords();
  const { box, problem, changed } = data;
  const { labels } = useCanvasController();
  const type = useDocument((state) => state.catalogue.get(box.node.type));
  const subflowTitle = useDocument((state) => (box.node.type.startsWith(SUBFLOW_PREFIX) ? modelIn(state).subflows[box.node.type.slice(SUBFLOW_PREFIX.length)]?.title : undefined));
  const element = useRef<HTMLDivElement>(null);
  const status = useRef<HTMLSpanElement>(null);
  const figures = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (element.current && status.current && figures.current) return labels.registerNode(id, { box: element.current, status: status.current, figures: figures.current });
  }, [id, labels]);
  const label = labelOf(box.node, localize);
  const own = subflowPortOf(id);
  const kind = own ? t(`canvas.own.${own.side}`) : localize(subflowTitle) || localize(type?.title) || box.node.type;
  const hasError = !own && !box.ports.outputs.some((port) => port.name === ERROR_PORT) && !type?.broken;
  return (
    <div ref={element} className="node" data-family={familyOf(type)} data-selected={selected || undefined} data-off={box.node.disabled || undefined}
      data-problem={problem ?? undefined} data-unknown={box.ports.unknown || undefined} data-own={own ? "" : undefined}>
      <div className="node-icon"><Icon name={iconOf(box.node, type)} size={18} /></div>
      <div className="node-words">
        <span className="node-label" title={label}>{label}</span>
        <span className="node-kind">{kind}</span>
      </div>
      <div className="node-flags">
        {changed && <span className="node-changed" title={t("canvas.changed")} />}
        {box.node.disabled && <Icon name="power" size={13} />}
        {problem && <Icon name={problem === "error" ? "circle-alert" : "triangle-alert"} size={15} />}
      </div>
      {box.ports.inputs.map((port, index) => <Port key={port.name} node={id} port={port} side="in" top={portTop(box.ports.inputs, index)} named={inRows(box.ports.inputs)} />)}
      {box.ports.outputs.map((port, index) => <Port key={port.name} node={id} port={port} side="out" top={portTop(box.ports.outputs, index)} named={inRows(box.ports.outputs)} />)}
      {hasError && (
        <Handle id={ERROR_PORT} type="source" position={Position.Bottom} className="port port-error" data-wired={box.node.to[ERROR_PORT] ? "" : undefined}
          title={t("canvas.port.error")} />
      )}
      <div className="node-foot"><span className="node-status" ref={status} /><span className="node-figures" ref={figures} /></div>
    </div>
  );
});

function Port({ node, port, side, top, named }: { node: string; port: PortType; side: "in" | "out"; top: number; named: boolean }) {
  const { t, localize } = useWords();
  const why = useCanvas((state) => {
    const from = state.pending;
    if (!from || from.side === side) return null;
    const ports = state.scene.typeFlow();
    const found = from.side === "out" ? ports.incompatibility(from.node, from.port, node, port.name) : ports.incompatibility(node, port.name, from.node, from.port);
    return found ? JSON.stringify(found) : "";
  });
  const wiring = why !== null;
  const refused = why ? incompatibilityText(JSON.parse(why) as Incompatibility) : "";
  const name = localize(port.title) || port.name;
  const about = [name, port.payload && port.payload !== "any" ? payloadTitle(port.payload) : "", port.unit].filter(Boolean).join(" · ");
  const label = `${t(side === "in" ? "canvas.port.in" : "canvas.port.out")} ${about}`;
  return (
    <>
      <Handle id={port.name} type={side === "in" ? "target" : "source"} position={side === "in" ? Position.Left : Position.Right}
        className={`port port-${side}`} style={{ top }} data-fits={wiring ? !refused : undefined} data-why={refused || undefined}
        title={refused || label} data-node={node} />
      {named && <span className={`port-name port-name-${side}`} style={{ top }}>{name}</span>}
    </>
  );
}
