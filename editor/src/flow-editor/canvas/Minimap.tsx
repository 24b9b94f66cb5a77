/** The whole sheet in the corner; a click or drag goes there. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { boundsOf, type Box } from "../../model/flow/geometry";
import { useWords } from "../../platform/i18n";
import { throttled } from "../../platform/kit/timing";
import { useCanvasController } from "./CanvasController";
import { readCanvasTheme } from "./canvasTheme";

const WIDTH = 168;
const HEIGHT = 104;

export function Minimap() {
  const { t } = useWords();
  const canvas = useCanvasController();
  const element = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const flow = useReactFlow();
  const area = useRef<Box | null>(null);

  useEffect(() => {
    const picture = element.current;
    const context = picture?.getContext("2d");
    if (!picture || !context) return;
    const draw = (): void => {
      const theme = readCanvasTheme(picture, canvas.doc);
      const { transform: [x, y, zoom], width, height } = store.getState();
      const window = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      const { scene } = canvas;
      const whole = boundsOf([window, ...(scene.bounds ? [scene.bounds] : [])]) ?? window;
      area.current = whole;
      picture.width = WIDTH * devicePixelRatio;
      picture.height = HEIGHT * devicePixelRatio;
      const scale = Math.min(picture.width / whole.width, picture.height / whole.height);
      context.setTransform(scale, 0, 0, scale, -whole.x * scale, -whole.y * scale);
      for (const box of scene.nodes.values()) {
        context.fillStyle = theme.family(box.id);
        context.fillRect(box.x, box.y, box.width, box.height);
      }
      context.strokeStyle = theme.accent;
      context.lineWidth = 1.5 * devicePixelRatio / scale;
      context.strokeRect(window.x, window.y, window.width, window.height);
    };
    // Four times a second is enough for an overview, and leaves panning its frames.
    const { soon, stop } = throttled(draw, 250);
    const stops = [store.subscribe(soon), canvas.store.subscribe(soon), stop];
    soon();
    return () => {
      for (const stop of stops) stop();
    };
  }, [store, canvas]);

  const goTo = (event: React.PointerEvent<HTMLCanvasElement>): void => {
    const whole = area.current;
    if (!whole || (event.buttons & 1) === 0) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const scale = Math.min(WIDTH / whole.width, HEIGHT / whole.height);
    void flow.setCenter(whole.x + (event.clientX - left) / scale, whole.y + (event.clientY - top) / scale, { zoom: flow.getZoom() });
  };
  return <canvas ref={element} className="minimap canvas-panel" role="img" aria-label={t("canvas.minimap")} onPointerDown={goTo} onPointerMove={goTo} />;
}
