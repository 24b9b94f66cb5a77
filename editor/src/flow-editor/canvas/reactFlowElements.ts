/** The scene as React Flow wants it; what has not changed keeps its identity, so that nothing else is drawn again. */
import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import { type Box, noteBox, portAt } from "../../model/flow/geometry";
import type { Scene, SceneNode } from "../../model/flow/scene";
import { ERROR_PORT, type Sheet } from "../../model/flow/types";
import { translate } from "../../platform/i18n";

export interface Decorations {
  selected: ReadonlySet<string>;
  wire: string | null;
  problems: ReadonlyMap<string, "error" | "warning">;
  changed: ReadonlySet<string>;
  traced: ReadonlySet<string>;
}

interface Known {
  key: unknown[];
  element: Node;
}

interface KnownWire {
  key: unknown[];
  element: Edge;
}

const alike = (one: unknown[], other: unknown[]): boolean => one.length === other.length && one.every((part, index) => Object.is(part, other[index]));

export class ReactFlowElements {
  private nodes = new Map<string, Known>();
  private wires = new Map<string, KnownWire>();

  nodesOf(scene: Scene, sheet: Sheet, marks: Decorations, label: (id: string) => string): Node[] {
    const next = new Map<string, Known>();
    const put = (id: string, key: unknown[], make: () => Node): void => {
      const known = this.nodes.get(id);
      next.set(id, known && alike(known.key, key) ? known : { key, element: make() });
    };
    for (const [name, box] of scene.frames) {
      const group = sheet.groups[name];
      const id = `group:${name}`;
      const selected = marks.selected.has(id);
      if (group) put(id, [group, box.x, box.y, box.width, box.height, selected], () => element(id, "frame", box, selected, { name, group, box }, -2));
    }
    for (const [name, note] of Object.entries(sheet.notes)) {
      const id = `note:${name}`;
      const selected = marks.selected.has(id);
      put(id, [note, selected], () => element(id, "note", noteBox(note), selected, { name, note }, -1));
    }
    for (const box of scene.nodes.values()) {
      const selected = marks.selected.has(box.id);
      const problem = marks.problems.get(box.id) ?? null;
      const changed = marks.changed.has(box.id);
      const ariaLabel = label(box.id);
      put(box.id, [box, selected, problem, changed, ariaLabel], () => ({ ...element(box.id, "node", box, selected, { box, problem, changed }, 1), ariaLabel: ariaLabel, handles: handlesOf(box) }));
    }
    this.nodes = next;
    return [...next.values()].map(({ element: one }) => one);
  }

  wiresOf(scene: Scene, marks: Decorations): Edge[] {
    const next = new Map<string, KnownWire>();
    for (const wire of scene.wires) {
      const selected = wire.id === marks.wire;
      const traced = marks.traced.has(`${wire.from}.${wire.port}`) && marks.traced.has(wire.to);
      const { from, to } = wire.curve;
      const ariaLabel = translate("canvas.wire", { from: wire.from, to: wire.to });
      const key = [wire.disabled, selected, traced, from[0], from[1], to[0], to[1], ariaLabel];
      const known = this.wires.get(wire.id);
      next.set(wire.id, known && alike(known.key, key) ? known : {
        key,
        element: { id: wire.id, type: "wire", source: wire.from, sourceHandle: wire.port, target: wire.to, targetHandle: wire.input, selected, ariaLabel, data: { ...wire, traced } },
      });
    }
    this.wires = next;
    return [...next.values()].map(({ element: one }) => one);
  }
}

function element(id: string, type: string, box: Box, selected: boolean, data: Record<string, unknown>, zIndex: number): Node {
  return {
    id, type, data, selected, zIndex,
    position: { x: box.x, y: box.y },
    width: box.width, height: box.height,
    measured: { width: box.width, height: box.height },
    className: "nopan",
    // Tab walks along the flow by our own keys: see keyboard.ts.
    focusable: false, draggable: false,
  };
}

const PORT = 11;

/** Told instead of measured: a wire to a box that is not drawn has an end too, and no layout is forced. */
function handlesOf({ ports }: SceneNode): NodeHandle[] {
  const handle = (side: "in" | "out", name: string): NodeHandle => {
    const [x, y] = portAt(ports, side, name);
    return {
      id: name, type: side === "in" ? "target" : "source", position: side === "in" ? Position.Left : Position.Right,
      x: x - PORT / 2, y: y - PORT / 2, width: PORT, height: PORT,
    };
  };
  const own = ports.outputs.some(({ name }) => name === ERROR_PORT);
  return [
    ...ports.inputs.map(({ name }) => handle("in", name)),
    ...ports.outputs.map(({ name }) => handle("out", name)),
    ...(own ? [] : [{ ...handle("out", ERROR_PORT), position: Position.Bottom }]),
  ];
}
