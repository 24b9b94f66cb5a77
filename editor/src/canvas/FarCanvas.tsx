/** The painted canvas that stands in for the DOM while the sheet is small; React draws it once and never again. */
import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { sheetIn, useDocument } from "../editing/document";
import { inLanguage } from "../i18n";
import { live } from "../live/telemetry";
import type { Marks } from "./elements";
import { nodeFigures, wireFigures } from "./figures";
import { heatOf } from "./marks";
import { moving } from "./moving";
import { paint } from "./painter";
import { readLook } from "./readLook";
import type { SceneWire } from "./scene";
import { useCanvas } from "./view";

function flows(wire: SceneWire): boolean {
  if (live.stale || !useCanvas.getState().live) return false;
  return (wireFigures(wire.from, wire.port)?.perSecond ?? 0) > 0;
}

function heat(id: string): number {
  const figures = useCanvas.getState().heat ? nodeFigures(id) : undefined;
  return figures ? heatOf(figures[4], figures[5], figures[2]) : 0;
}

interface Props {
  label: (id: string) => string;
  marks: Marks;
}

export function FarCanvas({ label, marks }: Props) {
  const element = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const latest = useRef({ label, marks });
  latest.current = { label, marks };

  useEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    let frame = 0;
    let look = readLook(canvas);
    const draw = (): void => {
      frame = 0;
      const ratio = devicePixelRatio;
      const { clientWidth, clientHeight } = canvas;
      if (canvas.width !== Math.round(clientWidth * ratio) || canvas.height !== Math.round(clientHeight * ratio)) {
        canvas.width = Math.round(clientWidth * ratio);
        canvas.height = Math.round(clientHeight * ratio);
      }
      const { label: name, marks: { selected, problems } } = latest.current;
      paint(context, { scene: useCanvas.getState().scene, sheet: sheetIn(useDocument.getState()), selected, move: moving.now, problems, flows, heat, label: name, said: (words) => inLanguage(words), look }, store.getState().transform, ratio);
    };
    const soon = (): void => void (frame ||= requestAnimationFrame(draw));
    const relook = (): void => {
      look = readLook(canvas);
      soon();
    };
    let before = store.getState().transform;
    const stops = [
      store.subscribe(({ transform }) => {
        if (transform !== before) soon();
        before = transform;
      }),
      useCanvas.subscribe(soon),
      useDocument.subscribe(soon),
      live.listen(soon),
    ];
    const theme = new MutationObserver(relook);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const size = new ResizeObserver(soon);
    size.observe(canvas);
    addEventListener("mcs:repaint", soon);
    draw();
    return () => {
      for (const stop of stops) stop();
      theme.disconnect();
      size.disconnect();
      removeEventListener("mcs:repaint", soon);
      cancelAnimationFrame(frame);
    };
  }, [store]);
  useEffect(() => void dispatchEvent(new Event("mcs:repaint")), [marks]);

  return <canvas ref={element} className="stage-far" aria-hidden="true" />;
}
