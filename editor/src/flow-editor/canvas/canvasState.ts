/** The state of a canvas that is no part of the flow: the scene, how it is seen, what is being wired. */
import type { Scene } from "../../model/flow/scene";
import { NO_TYPES } from "../../model/flow/typeFlow";
import type { Position } from "../../model/flow/types";

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

/** What is kept in this browser. */
export interface CanvasSettings {
  /** Left drag on empty canvas draws a lasso, as in Node-RED, instead of moving the canvas. */
  lassoFirst: boolean;
  live: boolean;
  heat: boolean;
}

export interface CanvasState extends CanvasSettings {
  scene: Scene;
  /** The sheet is so small that it is painted instead of drawn as boxes. */
  overview: boolean;
  pending: PendingWire | null;
  quickAdd: QuickAddAt | null;
  menu: { x: number; y: number } | null;
  /** The link node below the pointer. */
  hovered: string;
  /** The way of the trace that is looked at: node ids, and `node.port` of the wires it took. */
  traced: ReadonlySet<string>;
  /** Spoken, not shown. */
  announce: string;
  percent: number;
}

const STORED = "mcs.canvas";
const DEFAULTS: CanvasSettings = { lassoFirst: true, live: true, heat: false };

function savedSettings(): Partial<CanvasSettings> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<CanvasSettings>;
  } catch {
    return {};
  }
}

export const saveSettings = ({ lassoFirst, live, heat }: CanvasSettings): void => localStorage.setItem(STORED, JSON.stringify({ lassoFirst, live, heat }));

export const firstState = (): CanvasState => ({
  scene: { nodes: new Map(), wires: [], frames: new Map(), bounds: null, typeFlow: () => NO_TYPES },
  overview: false, pending: null, quickAdd: null, menu: null, hovered: "", traced: new Set(), announce: "", percent: 100, ...DEFAULTS, ...savedSettings(),
});
