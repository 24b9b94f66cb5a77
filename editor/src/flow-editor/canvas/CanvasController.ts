/** The canvas of one open flow: what is drawn, how it is seen, what is dragged. Commands, gestures and components all work on this one. */
import { createContext } from "react";
import { createStore, useStore } from "zustand";
import { type Scene, sceneOf } from "../../model/flow/scene";
import type { Position } from "../../model/flow/types";
import { Listeners } from "../../platform/events/Listeners";
import { useRequired } from "../../platform/kit/useRequired";
import type { Telemetry } from "../../platform/live/telemetry";
import { type FlowDocument, modelIn, sheetIn } from "../editing/FlowDocument";
import { type CanvasSettings, type CanvasState, firstState, saveSettings } from "./canvasState";
import { DragController } from "./DragController";
import { LiveLabels } from "./LiveLabels";
import { Metrics } from "./Metrics";
import type { Viewport } from "./Viewport";

export class CanvasController {
  readonly store = createStore<CanvasState>(firstState);
  readonly drag: DragController;
  readonly metrics: Metrics;
  readonly labels: LiveLabels;
  /** The part of the sheet that is seen; null while nothing is drawn. */
  viewport: Viewport | null = null;
  private readonly repaints = new Listeners();

  constructor(readonly doc: FlowDocument, readonly telemetry: Telemetry) {
    this.drag = new DragController(doc, this.store);
    this.metrics = new Metrics(doc, telemetry);
    this.labels = new LiveLabels(this.metrics, this.store, telemetry);
  }

  get state(): CanvasState {
    return this.store.getState();
  }

  get scene(): Scene {
    return this.state.scene;
  }

  set(change: Partial<CanvasState>): void {
    this.store.setState(change);
  }

  /** A setting that the browser keeps for the next time. */
  setting(change: Partial<CanvasSettings>): void {
    this.set(change);
    saveSettings(this.state);
  }

  /** Keeps the scene in step with the draft, and the figures with what runs; the answer ends it. */
  follow(): () => void {
    const update = (): void => {
      const { state } = this.doc;
      this.set({ scene: sceneOf(sheetIn(state), modelIn(state), state.catalogue, state.ports, this.scene) });
    };
    update();
    const stops = [
      this.doc.store.subscribe((state, before) => {
        if (sheetIn(state) !== sheetIn(before) || state.catalogue !== before.catalogue || state.ports !== before.ports) update();
      }),
      this.telemetry.listen(() => this.labels.write()),
      this.telemetry.follow(this.doc.name),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Calls when what is painted (not drawn by React) has to be painted again. */
  onRepaint(call: () => void): () => void {
    return this.repaints.add(call);
  }

  repaint(): void {
    this.repaints.notify();
  }

  /** The middle of what is seen, for a node that is added without a place. */
  centre(): Position {
    return this.viewport?.centre() ?? [0, 0];
  }

  /** Shows a part of the sheet, or all of it. */
  fit(box = this.scene.bounds): void {
    if (box) this.viewport?.fit(box);
  }

  /** Brings a node of the open sheet into view. */
  reveal(id: string): void {
    const box = this.scene.nodes.get(id);
    if (box) this.viewport?.reveal(box);
  }

  /** A place near `at` where no node stands. */
  freePosition(at: Position): Position {
    const taken = [...this.scene.nodes.values()];
    let [x, y] = at;
    while (taken.some((box) => Math.abs(box.x - x) < 20 && Math.abs(box.y - y) < 20)) {
      x += 30;
      y += 30;
    }
    return [x, y];
  }
}

export const CanvasContext = createContext<CanvasController | null>(null);
export const useCanvasController = (): CanvasController => useRequired(CanvasContext);

/** A part of the canvas' state; the component is drawn again when it changes. */
export const useCanvas = <T,>(select: (state: CanvasState) => T): T => useStore(useCanvasController().store, select);
