/** The painted canvas that stands in for the DOM while the sheet is small; React draws it once and never again. */
import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { SceneWire } from "../../model/flow/scene";
import { localized } from "../../platform/i18n";
import { type CanvasController, useCanvasController } from "./CanvasController";
import { readCanvasTheme } from "./canvasTheme";
import { rememberedFitText } from "./fitText";
import { heatOf } from "./LiveLabels";
import { paint } from "./painter";
import type { Decorations } from "./reactFlowElements";

const MARGIN = 240;
const REST_MS = 80;

/** Whether messages pass on a wire just now. */
function flows({ telemetry, state, metrics }: CanvasController, wire: SceneWire): boolean {
  return !telemetry.stale && state.live && (metrics.ofWire(wire.from, wire.port)?.perSecond ?? 0) > 0;
}

function heat({ state, metrics }: CanvasController, id: string): number {
  const found = state.heat ? metrics.ofNode(id) : undefined;
  return found ? heatOf(found[4], found[5], found[2]) : 0;
}

interface Props {
  label: (id: string) => string;
  marks: Decorations;
}

export function OverviewCanvas({ label, marks }: Props) {
  const canvas = useCanvasController();
  const element = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const latest = useRef({ label, marks });
  latest.current = { label, marks };

  useEffect(() => {
    const picture = element.current;
    const context = picture?.getContext("2d");
    if (!picture || !context) return;
    let frame = 0;
    const fit = rememberedFitText();
    let theme = readCanvasTheme(picture, canvas.doc);
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
      if (picture.width !== wide || picture.height !== high) {
        picture.width = wide;
        picture.height = high;
        picture.style.width = `${width + 2 * MARGIN}px`;
        picture.style.height = `${height + 2 * MARGIN}px`;
      }
      painted = transform;
      picture.style.transform = "";
      const { label: name, marks: { selected, problems } } = latest.current;
      const [x, y, zoom] = transform;
      paint(context, {
        scene: canvas.scene, sheet: canvas.doc.sheet, selected, move: canvas.drag.current, problems, theme, fit, label: name,
        flows: (wire) => flows(canvas, wire), heat: (id) => heat(canvas, id), localize: (words) => localized(words),
      }, [x + MARGIN, y + MARGIN, zoom], ratio);
    };
    const soon = (): void => void (frame ||= requestAnimationFrame(draw));
    const shift = (): void => {
      const [x, y, zoom] = store.getState().transform;
      const [px, py, pz] = painted;
      const scale = zoom / pz;
      const [dx, dy] = [x - px * scale, y - py * scale];
      // The picture's own corner stands MARGIN before that of the window.
      picture.style.transform = `translate(${dx + MARGIN * (1 - scale)}px, ${dy + MARGIN * (1 - scale)}px) scale(${scale})`;
      const far = Math.abs(x - px) > MARGIN * 0.9 || Math.abs(y - py) > MARGIN * 0.9 || scale < 0.8 || scale > 1.3;
      if (far) return soon();
      clearTimeout(rest);
      rest = window.setTimeout(soon, REST_MS);
    };
    const retheme = (): void => {
      theme = readCanvasTheme(picture, canvas.doc);
      soon();
    };
    let before = store.getState().transform;
    const stops = [
      store.subscribe(({ transform }) => {
        if (transform !== before) shift();
        before = transform;
      }),
      canvas.store.subscribe(soon),
      canvas.doc.store.subscribe(soon),
      canvas.telemetry.listen(soon),
      canvas.onRepaint(soon),
    ];
    const themeChange = new MutationObserver(retheme);
    themeChange.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const size = new ResizeObserver(soon);
    size.observe(picture);
    draw();
    return () => {
      for (const stop of stops) stop();
      themeChange.disconnect();
      size.disconnect();
      cancelAnimationFrame(frame);
      clearTimeout(rest);
    };
  }, [store, canvas]);
  useEffect(() => canvas.repaint(), [canvas, marks]);

  return <canvas ref={element} className="stage-overview" aria-hidden="true" />;
}
