/** The part of the sheet that is seen: between points of the page and of the sheet, and what moves it. */
import type { ReactFlowInstance } from "@xyflow/react";
import type { Box } from "../../model/flow/geometry";
import type { Position } from "../../model/flow/types";

export class Viewport {
  /** Where the pointer is on the page; null when it is elsewhere. */
  private at: Position | null = null;

  constructor(private readonly flow: ReactFlowInstance, private readonly element: HTMLElement, private readonly band: HTMLElement) {}

  toSheet(x: number, y: number): Position {
    const at = this.flow.screenToFlowPosition({ x, y });
    return [at.x, at.y];
  }

  toScreen([x, y]: Position): Position {
    const at = this.flow.flowToScreenPosition({ x, y });
    return [at.x, at.y];
  }

  get zoom(): number {
    return this.flow.getZoom();
  }

  zoomTo(zoom: number): void {
    void this.flow.zoomTo(zoom);
  }

  zoomBy(factor: number): void {
    this.zoomTo(this.zoom * factor);
  }

  fit(box: Box): void {
    void this.flow.fitBounds(padded(box), { padding: 0.08, duration: 0 });
  }

  reveal(box: Box): void {
    void this.flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: Math.max(0.8, this.zoom) });
  }

  centre(): Position {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return this.toSheet(left + width / 2 - 90, top + height / 2 - 20);
  }

  /** Follows the pointer until the answer is called. */
  trackPointer(): () => void {
    const track = (event: PointerEvent): void => void (this.at = [event.clientX, event.clientY]);
    const lose = (): void => void (this.at = null);
    this.element.addEventListener("pointermove", track, { passive: true });
    this.element.addEventListener("pointerleave", lose);
    return () => {
      this.element.removeEventListener("pointermove", track);
      this.element.removeEventListener("pointerleave", lose);
    };
  }

  /** Where the pointer is on the sheet; null when it is elsewhere. */
  pointer(): Position | null {
    return this.at && this.toSheet(...this.at);
  }

  /** Shows the lasso between two points of the page; null hides it. */
  lasso(from: Position, to: Position | null): void {
    this.band.hidden = to === null;
    if (!to) return;
    const { left, top } = this.element.getBoundingClientRect();
    this.band.style.left = `${Math.min(from[0], to[0]) - left}px`;
    this.band.style.top = `${Math.min(from[1], to[1]) - top}px`;
    this.band.style.width = `${Math.abs(from[0] - to[0])}px`;
    this.band.style.height = `${Math.abs(from[1] - to[1])}px`;
  }
}

/** With air round it, and never so close that one node fills the window. */
function padded({ x, y, width, height }: Box): Box {
  const [wide, high] = [Math.max(width + 40, 500), Math.max(height + 40, 300)];
  return { x: x - (wide - width) / 2, y: y - (high - height) / 2, width: wide, height: high };
}
