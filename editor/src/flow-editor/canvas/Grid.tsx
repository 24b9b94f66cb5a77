/** The dots of the ground, which move with the sheet. */
import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";

const STEP = 20;
const MARGIN = 60;

export function Grid() {
  const element = useRef<HTMLDivElement>(null);
  const store = useStoreApi();
  useEffect(() => {
    let zoomed = 0;
    const place = (): void => {
      const grid = element.current;
      if (!grid) return;
      const [x, y, zoom] = store.getState().transform;
      // Dots that stand too close become a grey veil: then every second or fourth is enough.
      const step = STEP * zoom * (zoom < 0.3 ? 4 : zoom < 0.6 ? 2 : 1);
      if (zoom !== zoomed) grid.style.backgroundSize = `${step}px ${step}px`;
      zoomed = zoom;
      const rest = (value: number) => (((value - MARGIN - step / 2) % step) + step) % step - (step > MARGIN ? step : 0);
      grid.style.transform = `translate(${rest(x + MARGIN * 2)}px, ${rest(y + MARGIN * 2)}px)`;
    };
    place();
    return store.subscribe(place);
  }, [store]);
  return <div ref={element} className="stage-grid" aria-hidden="true" />;
}
