/** The state of the canvas that is no part of the flow: the scene, how it is moved, what is being wired. */
import { create } from "zustand";
import type { Box } from "../../model/flow/geometry";
import { type Scene, sceneOf } from "../../model/flow/scene";
import { NO_TYPES } from "../../model/flow/typeFlow";
import type { Position } from "../../model/flow/types";
import { modelIn, sheetIn, useDocument } from "./document";

export interface PendingWire {
  node: string;
  port: string;
  side: "in" | "out";
}

export interface QuickAddAt {
  /** Where the node is to stand, and where on the page the list opens. */
  at: Position;
  screen: Position;
  from: PendingWire | null;
}

interface CanvasView {
  scene: Scene;
  overview: boolean;
  pending: PendingWire | null;
  quickAdd: QuickAddAt | null;
  menu: { x: number; y: number } | null;
  /** Left drag on empty canvas draws a lasso, as in Node-RED, instead of moving the canvas. */
  lassoFirst: boolean;
  live: boolean;
  heat: boolean;
  /** The link node below the pointer. */
  hovered: string;
  /** Spoken, not shown. */
  announce: string;
  percent: number;
}

const STORED = "mcs.canvas";
const savedSettings = (): Partial<CanvasView> => {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<CanvasView>;
  } catch {
    return {};
  }
};

export const useCanvas = create<CanvasView>(() => ({
  scene: { nodes: new Map(), wires: [], frames: new Map(), bounds: null, typeFlow: () => NO_TYPES },
  overview: false, pending: null, quickAdd: null, menu: null, lassoFirst: true, live: true, heat: false, hovered: "", announce: "", percent: 100,
  ...(typeof localStorage === "undefined" ? {} : savedSettings()),
}));

export function saveSettings(change: Partial<Pick<CanvasView, "lassoFirst" | "live" | "heat">>): void {
  useCanvas.setState(change);
  const { lassoFirst, live, heat } = useCanvas.getState();
  localStorage.setItem(STORED, JSON.stringify({ lassoFirst, live, heat }));
}

/** What the canvas can be told to do by commands; set while it is there. */
export const stage: {
  fit: (box: Box | null) => void;
  centre: () => Position;
  reveal: (id: string) => void;
  zoom: (factor: number) => void;
  zoomTo: (zoom: number) => void;
  scale: () => number;
  /** Where the pointer is on the sheet; null when it is elsewhere. */
  pointer: () => Position | null;
  toScreen: (at: Position) => Position;
} = {
  fit: () => undefined,
  centre: () => [0, 0],
  reveal: () => undefined,
  zoom: () => undefined,
  zoomTo: () => undefined,
  scale: () => 1,
  pointer: () => null,
  toScreen: (at) => at,
};

/** Keeps the scene in step with the draft. */
export function followDraft(): () => void {
  const update = (): void => {
    const state = useDocument.getState();
    const scene = sceneOf(sheetIn(state), modelIn(state), state.catalogue, state.ports, useCanvas.getState().scene);
    useCanvas.setState({ scene });
  };
  update();
  return useDocument.subscribe((state, before) => {
    if (sheetIn(state) !== sheetIn(before) || state.catalogue !== before.catalogue || state.ports !== before.ports) update();
  });
}

export const freePosition = (at: Position): Position => {
  const taken = [...useCanvas.getState().scene.nodes.values()];
  let [x, y] = at;
  while (taken.some((box) => Math.abs(box.x - x) < 20 && Math.abs(box.y - y) < 20)) {
    x += 30;
    y += 30;
  }
  return [x, y];
};
