/** One wire, with its live figures in the middle. */
import type { EdgeProps } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";
import { pathOf, pointOn } from "../../model/flow/geometry";
import type { SceneWire } from "../../model/flow/scene";
import { useCanvasController } from "./CanvasController";

export const WireLine = memo(function WireLine({ id, data, selected }: EdgeProps) {
  const wire = data as unknown as SceneWire & { traced?: boolean };
  const { drag, labels } = useCanvasController();
  const group = useRef<SVGGElement>(null);
  const text = useRef<SVGTextElement>(null);
  const peek = useRef<HTMLTitleElement>(null);
  const room_px = Math.abs(wire.curve.to[0] - wire.curve.from[0]);
  const path = pathOf(wire.curve);
  const [x, y] = pointOn(wire.curve, 0.5);
  useEffect(() => {
    if (!group.current || !text.current || !peek.current) return;
    const undrawn = drag.registerWire(id, group.current);
    const unlabelled = labels.registerWire(`${wire.from}.${wire.port}`, { group: group.current, text: text.current, peek: peek.current, room_px });
    return () => {
      undrawn();
      unlabelled();
    };
  }, [id, wire.from, wire.port, room_px, drag, labels]);
  return (
    <g ref={group} className="wire" data-selected={selected || undefined} data-off={wire.disabled || undefined} data-error={wire.port === "error" || undefined} data-traced={wire.traced || undefined}>
      <title ref={peek} />
      <path className="wire-reach react-flow__edge-interaction" d={path} />
      <path className="wire-line react-flow__edge-path" d={path} />
      <text ref={text} className="wire-text" x={x} y={y - 7} />
    </g>
  );
});
