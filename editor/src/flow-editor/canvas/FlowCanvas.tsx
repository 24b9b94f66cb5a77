/** The canvas: React Flow while boxes can be read, one painted canvas while they can't. */
import { type Connection, ConnectionMode, type FinalConnectionState, ReactFlow, type ReactFlowInstance, ReactFlowProvider, useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import "@xyflow/react/dist/base.css";
import { boundsOf, type Box } from "../../model/flow/geometry";
import { isLink } from "../../model/flow/links";
import { subflowPortOf } from "../../model/flow/scene";
import type { Position } from "../../model/flow/types";
import { useWords } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { live } from "../../platform/live/telemetry";
import { allowed } from "../../platform/session/session";
import { stage, useCanvas } from "../editing/canvasState";
import { select, selectWire, sheetIn, useDocument } from "../editing/document";
import { importFile } from "./clipboard";
import { Frame } from "./Frame";
import { type CanvasSurface, handlePress } from "./gestures";
import { Grid } from "./Grid";
import { elementAt } from "./hitTest";
import { handleCanvasKey } from "./keyboard";
import { LinkLines } from "./LinkLines";
import { writeLiveLabels } from "./liveLabels";
import { Minimap } from "./Minimap";
import { labelOf } from "./nodeAppearance";
import { NodeBox } from "./NodeBox";
import { NoteCard } from "./NoteCard";
import { OverviewCanvas } from "./OverviewCanvas";
import { ReactFlowElements } from "./reactFlowElements";
import { useDecorations } from "./useDecorations";
import { WireHint } from "./WireHint";
import { WireLine } from "./WireLine";
import { connect, incompatibilityOf, incompatibilityText, type WireEnds } from "./wiring";
import "./canvas.css";

const OVERVIEW_BELOW_ZOOM = 0.5;
const nodeTypes = { node: NodeBox, frame: Frame, note: NoteCard };
const edgeTypes = { wire: WireLine };
const NONE: never[] = [];

interface Props {
  onOpen: (id: string) => void;
  onDropType: (type: string, at: Position) => void;
}

export function FlowCanvas(props: Props) {
  return <ReactFlowProvider><Board {...props} /></ReactFlowProvider>;
}

function Board({ onOpen, onDropType }: Props) {
  const { t, localize } = useWords();
  const scene = useCanvas((state) => state.scene);
  const far = useCanvas((state) => state.overview);
  const lassoFirst = useCanvas((state) => state.lassoFirst);
  const sheet = useDocument(sheetIn);
  const scope = useDocument((state) => state.scope);
  const name = useDocument((state) => state.name);
  const marks = useDecorations();
  const elements = useMemo(() => new ReactFlowElements(), [name, scope]);
  const [flow, setFlow] = useState<ReactFlowInstance | null>(null);
  const outer = useRef<HTMLDivElement>(null);
  const band = useRef<HTMLDivElement>(null);
  const space = useRef(false);
  const pointer = useRef<[number, number] | null>(null);
  const label = useCallback((id: string) => {
    const node = sheet.nodes[id];
    return node ? labelOf(node, localize) : subflowPortOf(id)?.name ?? id;
  }, [sheet, localize]);
  const store = useStoreApi();
  const stopWiring = useCallback(() => {
    store.setState({ connectionClickStartHandle: null });
    useCanvas.setState({ pending: null });
  }, [store]);
  const nodes = useMemo(() => (far ? NONE : elements.nodesOf(scene, sheet, marks, label)), [elements, far, scene, sheet, marks, label]);
  const edges = useMemo(() => (far ? NONE : elements.wiresOf(scene, marks)), [elements, far, scene, marks]);

  const surface = useMemo<CanvasSurface>(() => ({
    toSheet: (x, y) => {
      const at = flow?.screenToFlowPosition({ x, y });
      return at ? [at.x, at.y] : [0, 0];
    },
    zoom: () => flow?.getZoom() ?? 1,
    lasso: (from, to) => drawBand(band.current, outer.current, from, to),
    openNode: onOpen,
    repaint: () => dispatchEvent(new Event("mcs:repaint")),
  }), [flow, onOpen]);

  useEffect(() => {
    const box = outer.current;
    if (!box) return;
    // d3-zoom listens to the mousedown that follows: a press that was ours must not reach it.
    let ours = false;
    const down = (event: PointerEvent): void => {
      ours = event.pointerType !== "touch" && handlePress(event, surface, space.current);
      if (!ours) return;
      event.stopPropagation();
      box.querySelector<HTMLElement>(".stage-focus")?.focus({ preventScroll: true });
    };
    const mouse = (event: MouseEvent): void => {
      if (!ours) return;
      event.stopPropagation();
      event.preventDefault();
    };
    const click = (event: MouseEvent): void => {
      if (ours) event.stopPropagation();
    };
    const keys = (event: KeyboardEvent): void => {
      if (event.code === "Space" && !(event.target as Element).closest("input, textarea, select, button")) space.current = event.type === "keydown";
    };
    box.addEventListener("pointerdown", down, true);
    box.addEventListener("mousedown", mouse, true);
    box.addEventListener("click", click, true);
    const track = (event: PointerEvent): void => void (pointer.current = [event.clientX, event.clientY]);
    const lose = (): void => void (pointer.current = null);
    box.addEventListener("pointermove", track, { passive: true });
    box.addEventListener("pointerleave", lose);
    addEventListener("keydown", keys);
    addEventListener("keyup", keys);
    return () => {
      box.removeEventListener("pointermove", track);
      box.removeEventListener("pointerleave", lose);
      box.removeEventListener("pointerdown", down, true);
      box.removeEventListener("mousedown", mouse, true);
      box.removeEventListener("click", click, true);
      removeEventListener("keydown", keys);
      removeEventListener("keyup", keys);
    };
  }, [surface]);

  useEffect(() => live.listen(writeLiveLabels), []);

  useEffect(() => {
    if (!flow) return;
    stage.fit = (box) => {
      const bounds = box ?? useCanvas.getState().scene.bounds;
      if (bounds) void flow.fitBounds(padded(bounds), { padding: 0.08, duration: 0 });
    };
    stage.centre = () => {
      const area = outer.current?.getBoundingClientRect();
      return area ? surface.toSheet(area.left + area.width / 2 - 90, area.top + area.height / 2 - 20) : [0, 0];
    };
    stage.reveal = (id) => {
      const box = useCanvas.getState().scene.nodes.get(id);
      if (box) void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: Math.max(0.8, flow.getZoom()) });
    };
    stage.zoom = (factor) => void flow.zoomTo(flow.getZoom() * factor);
    stage.pointer = () => pointer.current && surface.toSheet(...pointer.current);
    stage.zoomTo = (zoom) => void flow.zoomTo(zoom);
    stage.scale = () => flow.getZoom();
    stage.toScreen = ([x, y]) => {
      const at = flow.flowToScreenPosition({ x, y });
      return [at.x, at.y];
    };
  }, [flow, surface]);

  useEffect(() => {
    if (flow) stage.fit(startBox(useCanvas.getState().scene.bounds, outer.current));
  }, [flow, name, scope]);

  const onConnectEnd = useCallback((event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { pending } = useCanvas.getState();
    useCanvas.setState({ pending: null });
    if (!pending || state.isValid || !("clientX" in event)) return;
    if (state.toHandle) {
      const ends = endsOf(pending, state.toHandle.nodeId, state.toHandle.id ?? "");
      const why = ends && incompatibilityOf(ends);
      if (why) toast("warning", incompatibilityText(why));
      return;
    }
    if ((event.target as Element | null)?.closest?.(".react-flow__pane")) {
      useCanvas.setState({ quickAdd: { at: surface.toSheet(event.clientX, event.clientY - 20), screen: [event.clientX, event.clientY], from: pending } });
    }
  }, [surface]);

  return (
    <div ref={outer} className="stage" data-far={far || undefined} data-lasso={lassoFirst || undefined}
      onKeyDown={(event) => {
        if (event.key === "Escape" && useCanvas.getState().pending) {
          event.preventDefault();
          stopWiring();
        } else handleCanvasKey(event, onOpen);
      }}
      onDoubleClick={(event) => {
        const id = (event.target as Element).closest<HTMLElement>(".react-flow__node")?.dataset["id"];
        if (id) onOpen(id);
        else if (far) stage.zoom(2);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        const id = far
          ? elementAt(scene, sheet, surface.toSheet(event.clientX, event.clientY))
          : (event.target as Element).closest<HTMLElement>(".react-flow__node")?.dataset["id"];
        const wire = (event.target as Element).closest<HTMLElement>(".react-flow__edge")?.dataset["id"];
        if (wire) selectWire(wire);
        else if (!id) select([]);
        else if (!useDocument.getState().selected.has(id)) select([id]);
        useCanvas.setState({ menu: { x: event.clientX, y: event.clientY } });
      }}
      onPointerOver={(event) => {
        const id = (event.target as Element).closest<HTMLElement>(".react-flow__node")?.dataset["id"] ?? "";
        const hovered = isLink(sheet.nodes[id]?.type ?? "") ? id : "";
        if (hovered !== useCanvas.getState().hovered) useCanvas.setState({ hovered });
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const at = surface.toSheet(event.clientX - 60, event.clientY - 20);
        const type = event.dataTransfer.getData("application/x-mcs-node");
        const [file] = event.dataTransfer.files;
        if (type) onDropType(type, at);
        else if (file) void importFile(file, at);
      }}
    >
      <Grid />
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(made) => setFlow(made as unknown as ReactFlowInstance)}
        connectionMode={ConnectionMode.Strict}
        connectionRadius={24}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        disableKeyboardA11y
        minZoom={0.05}
        maxZoom={2.5}
        zoomOnDoubleClick={false}
        panOnDrag={lassoFirst ? [1] : [0, 1]}
        panActivationKeyCode="Space"
        panOnScroll={lassoFirst}
        nodesConnectable={allowed("admin")}
        proOptions={{ hideAttribution: true }}
        onConnectStart={(_, { nodeId, handleId, handleType }) => {
          if (nodeId) useCanvas.setState({ pending: { node: nodeId, port: handleId ?? "", side: handleType === "target" ? "in" : "out" } });
        }}
        onConnectEnd={onConnectEnd}
        onClickConnectStart={(_, { nodeId, handleId, handleType }) => {
          if (nodeId) useCanvas.setState({ pending: { node: nodeId, port: handleId ?? "", side: handleType === "target" ? "in" : "out" } });
        }}
        onClickConnectEnd={() => useCanvas.setState({ pending: null })}
        isValidConnection={(connection) => !incompatibilityOf(endsIn(connection as Connection))}
        onConnect={(connection) => connect(endsIn(connection))}
        onEdgeClick={(_, edge) => selectWire(edge.id)}
        onPaneClick={() => {
          select([]);
          stopWiring();
        }}
        aria-label={t("canvas.label")}
      >
        <Watcher />
        <LinkLines />
      </ReactFlow>
      {far && <OverviewCanvas label={label} marks={marks} />}
      <Minimap />
      <WireHint />
      <div ref={band} className="stage-lasso" hidden />
      <button type="button" className="stage-focus only-spoken" aria-label={t("canvas.label")} />
      {scene.nodes.size === 0 && Object.keys(sheet.notes).length === 0 && <p className="stage-empty">{t("canvas.empty")}</p>}
    </div>
  );
}

/** Switches between near and far as the zoom crosses the border, without drawing anything on other changes. */
function Watcher() {
  const store = useStoreApi();
  useEffect(() => {
    const look = (): void => {
      const far = store.getState().transform[2] < OVERVIEW_BELOW_ZOOM;
      const percent = Math.round(store.getState().transform[2] * 100);
      const was = useCanvas.getState();
      if (far !== was.overview || percent !== was.percent) useCanvas.setState({ overview: far, percent });
    };
    look();
    return store.subscribe(look);
  }, [store]);
  return null;
}

const endsIn = (connection: Connection): WireEnds => ({
  from: connection.source, port: connection.sourceHandle ?? "", to: connection.target, input: connection.targetHandle ?? "",
});

function endsOf(pending: { node: string; port: string; side: "in" | "out" }, node: string, port: string): WireEnds {
  return pending.side === "out" ? { from: pending.node, port: pending.port, to: node, input: port } : { from: node, port, to: pending.node, input: pending.port };
}

/** With air round it, and never so close that one node fills the window. */
function padded({ x, y, width, height }: Box): Box {
  const [wide, high] = [Math.max(width + 40, 500), Math.max(height + 40, 300)];
  return { x: x - (wide - width) / 2, y: y - (high - height) / 2, width: wide, height: high };
}

/** A flow opens so that its words can be read: as a whole when it fits, else its beginning. */
function startBox(bounds: Box | null, element: HTMLElement | null): Box | null {
  if (!bounds || !element) return bounds;
  const { clientWidth, clientHeight } = element;
  const zoom = Math.min(clientWidth / (bounds.width + 80), clientHeight / (bounds.height + 80));
  if (zoom >= 0.6) return bounds;
  return boundsOf([{ x: bounds.x, y: bounds.y, width: Math.min(bounds.width, clientWidth / 0.75 - 120), height: Math.min(bounds.height, clientHeight / 0.75 - 120) }]);
}

function drawBand(band: HTMLDivElement | null, outer: HTMLDivElement | null, from: Position, to: Position | null): void {
  if (!band || !outer) return;
  band.hidden = to === null;
  if (!to) return;
  const { left, top } = outer.getBoundingClientRect();
  band.style.left = `${Math.min(from[0], to[0]) - left}px`;
  band.style.top = `${Math.min(from[1], to[1]) - top}px`;
  band.style.width = `${Math.abs(from[0] - to[0])}px`;
  band.style.height = `${Math.abs(from[1] - to[1])}px`;
}
