/** The painted canvas that stands in for the DOM while the sheet is small; React draws it once and never again. */
import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { SceneWire } from "../../model/flow/scene";
import { localized } from "../../platform/i18n";
import { live } from "../../platform/live/telemetry";
import { useCanvas } from "../editing/canvasState";
import { sheetIn, useDocument } from "../editing/document";
import { readCanvasTheme } from "./canvasTheme";
import { dragging } from "./dragging";
import { heatOf } from "./liveLabels";
import { nodeMetrics, wireMetrics } from "./metrics";
import { paint } from "./painter";
import type { Decorations } from "./reactFlowElements";

const MARGIN = 240;
const REST_MS = 80;

function flows(wire: SceneWire): boolean {
  if (live.stale || !useCanvas.getState().live) return false;
  return (wireMetrics(wire.from, wire.port)?.perSecond ?? 0) > 0;
}

function heat(id: string): number {
  const figures = useCanvas.getState().heat ? nodeMetrics(id) : undefined;
  return figures ? heatOf(figures[4], figures[5], figures[2]) : 0;
}

interface Props {
  label: (id: string) => string;
  marks: Decorations;
}

export function OverviewCanvas({ label, marks }: Props) {
  const element = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const latest = useRef({ label, marks });
  latest.current = { label, marks };

  useEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    let frame = 0;
    let theme = readCanvasTheme(canvas);
    // Painted larger than the window by MARGIN on all sides: while the sheet is moved or zoomed the picture is only shifted, which costs no
    // painting, and it is painted anew when it rests or when its edge comes near.
    let painted: readonly [number, number, number] = [0, 0, 1];
    let rest = 0;
    const draw = (): void => {
      frame = 0;
      clearTimeout(rest);
      const ratio = devicePixelRatio;
      const { transform, width, height } = store.getState();
      const [wide, high] = [Math.round((width + 2 * MARGIN) * ratio), Math.round((height + 2 * MARGIN) * ratio)];
      if (canvas.width !== wide || canvas.height !== high) {
        canvas.width = wide;
        canvas.height = high;
        canvas.style.width = `${width + 2 * MARGIN}px`;
        canvas.style.height = `${height + 2 * MARGIN}px`;
      }
      painted = transform;
      canvas.style.transform = "";
      const { label: name, marks: { selected, problems } } = latest.current;
      const [x, y, zoom] = transform;
      paint(context, { scene: useCanvas.getState().scene, sheet: sheetIn(useDocument.getState()), selected, move: dragging.now, problems, flows, heat, label: name, localize: (words) => localized(words), theme }, [x + MARGIN, y + MARGIN, zoom], ratio);
    };
    const soon = (): void => void (frame ||= requestAnimationFrame(draw));
    const shift = (): void => {
      const [x, y, zoom] = store.getState().transform;
      const [px, py, pz] = painted;
      const scale = zoom / pz;
      const [dx, dy] = [x - px * scale, y - py * scale];
      // The picture's own corner stands MARGIN before that of the window.
      canvas.style.transform = `translate(${dx + MARGIN * (1 - scale)}px, ${dy + MARGIN * (1 - scale)}px) scale(${scale})`;
      const far = Math.abs(x - px) > MARGIN * 0.9 || Math.abs(y - py) > MARGIN * 0.9 || scale < 0.8 || scale > 1.3;
      if (far) return soon();
      clearTimeout(rest);
      rest = window.setTimeout(soon, REST_MS);
    };
    const retheme = (): void => {
      theme = readCanvasTheme(canvas);
      soon();
    };
    let before = store.getState().transform;
    const stops = [
      store.subscribe(({ transform }) => {
        if (transform !== before) shift();
        before = transform;
      }),
      useCanvas.subscribe(soon),
      useDocument.subscribe(soon),
      live.listen(soon),
    ];
    const themeChange = new MutationObserver(retheme);
    themeChange.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const size = new ResizeObserver(soon);
    size.observe(canvas);
    addEventListener("mcs:repaint", soon);
    draw();
    return () => {
      for (const stop of stops) stop();
      themeChange.disconnect();
      size.disconnect();
      removeEventListener("mcs:repaint", soon);
      cancelAnimationFrame(frame);
      clearTimeout(rest);
    };
  }, [store]);
  useEffect(() => void dispatchEvent(new Event("mcs:repaint")), [marks]);

  return <canvas ref={element} className="stage-far" aria-hidden="true" />;
}
