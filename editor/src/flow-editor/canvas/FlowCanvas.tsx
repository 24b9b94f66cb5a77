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
import { allowed } from "../../platform/session/session";
import { useDocument } from "../editing/context";
import { sheetIn } from "../editing/FlowDocument";
import { openNode } from "../editing/openNode";
import { useCanvas, useCanvasController } from "./CanvasController";
import { useClipboard } from "./Clipboard";
import { Frame } from "./Frame";
import { listenToPresses } from "./gestures";
import { Grid } from "./Grid";
import { elementAt } from "./hitTest";
import { handleCanvasKey } from "./keyboard";
import { LinkLines } from "./LinkLines";
import { Minimap } from "./Minimap";
import { labelOf } from "./nodeAppearance";
import { NodeBox } from "./NodeBox";
import { NoteCard } from "./NoteCard";
import { OverviewCanvas } from "./OverviewCanvas";
import { ReactFlowElements } from "./reactFlowElements";
import { useDecorations } from "./useDecorations";
import { Viewport } from "./Viewport";
import { WireHint } from "./WireHint";
import { WireLine } from "./WireLine";
import { connect, incompatibilityOf, incompatibilityText, type WireEnds } from "./wiring";
import "./canvas.css";

const OVERVIEW_BELOW_ZOOM = 0.5;
const nodeTypes = { node: NodeBox, frame: Frame, note: NoteCard };
const edgeTypes = { wire: WireLine };
const NONE: never[] = [];

interface Props {
  onDropType: (type: string, at: Position) => void;
}

export function FlowCanvas(props: Props) {
  return <ReactFlowProvider><Board {...props} /></ReactFlowProvider>;
}

function Board({ onDropType }: Props) {
  const { t, localize } = useWords();
  const canvas = useCanvasController();
  const { doc } = canvas;
  const clipboard = useClipboard();
  const scene = useCanvas((state) => state.scene);
  const overview = useCanvas((state) => state.overview);
  const lassoFirst = useCanvas((state) => state.lassoFirst);
  const sheet = useDocument(sheetIn);
  const scope = useDocument((state) => state.scope);
  const marks = useDecorations();
  const elements = useMemo(() => new ReactFlowElements(), [doc, scope]);
  const [flow, setFlow] = useState<ReactFlowInstance | null>(null);
  const outer = useRef<HTMLDivElement>(null);
  const band = useRef<HTMLDivElement>(null);
  const label = useCallback((id: string) => {
    const node = sheet.nodes[id];
    return node ? labelOf(node, localize) : subflowPortOf(id)?.name ?? id;
  }, [sheet, localize]);
  const store = useStoreApi();
  const stopWiring = useCallback(() => {
    store.setState({ connectionClickStartHandle: null });
    canvas.set({ pending: null });
  }, [store, canvas]);
  const nodes = useMemo(() => (overview ? NONE : elements.nodesOf(scene, sheet, marks, label)), [elements, overview, scene, sheet, marks, label]);
  const edges = useMemo(() => (overview ? NONE : elements.wiresOf(scene, marks)), [elements, overview, scene, marks]);

  useEffect(() => {
    if (!flow || !outer.current || !band.current) return;
    const view = new Viewport(flow, outer.current, band.current);
    canvas.viewport = view;
    const stops = [view.trackPointer(), listenToPresses(outer.current, canvas, view)];
    return () => {
      for (const stop of stops) stop();
      canvas.viewport = null;
    };
  }, [flow, canvas]);

  useEffect(() => {
    if (flow) canvas.fit(startBox(canvas.scene.bounds, outer.current));
  }, [flow, canvas, scope]);

  const onConnectEnd = useCallback((event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { pending } = canvas.state;
    canvas.set({ pending: null });
    if (!pending || state.isValid || !("clientX" in event)) return;
    if (state.toHandle) {
      const ends = endsOf(pending, state.toHandle.nodeId, state.toHandle.id ?? "");
      const why = ends && incompatibilityOf(canvas, ends);
      if (why) toast("warning", incompatibilityText(why));
      return;
    }
    if (canvas.viewport && (event.target as Element | null)?.closest?.(".react-flow__pane")) {
      canvas.set({ quickAdd: { at: canvas.viewport.toSheet(event.clientX, event.clientY - 20), screen: [event.clientX, event.clientY], from: pending } });
    }
  }, [canvas]);

  const nodeAt = (event: React.MouseEvent): string | null | undefined => (overview
    ? canvas.viewport && elementAt(scene, sheet, canvas.viewport.toSheet(event.clientX, event.clientY))
    : closestId(event.target, ".react-flow__node"));

  return (
    <div ref={outer} className="stage" data-overview={overview || undefined} data-lasso={lassoFirst || undefined}
      onKeyDown={(event) => {
        if (event.key === "Escape" && canvas.state.pending) {
          event.preventDefault();
          stopWiring();
        } else handleCanvasKey(event, canvas);
      }}
      onDoubleClick={(event) => {
        const id = closestId(event.target, ".react-flow__node");
        if (id) openNode(doc, id);
        else if (overview) canvas.viewport?.zoomBy(2);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        const id = nodeAt(event);
        const wire = closestId(event.target, ".react-flow__edge");
        if (wire) doc.selectWire(wire);
        else if (!id) doc.select([]);
        else if (!doc.state.selected.has(id)) doc.select([id]);
        canvas.set({ menu: { x: event.clientX, y: event.clientY } });
      }}
      onPointerOver={(event) => {
        const id = closestId(event.target, ".react-flow__node") ?? "";
        const hovered = isLink(sheet.nodes[id]?.type ?? "") ? id : "";
        if (hovered !== canvas.state.hovered) canvas.set({ hovered });
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const at = canvas.viewport?.toSheet(event.clientX - 60, event.clientY - 20) ?? canvas.centre();
        const type = event.dataTransfer.getData("application/x-mcs-node");
        const [file] = event.dataTransfer.files;
        if (type) onDropType(type, at);
        else if (file) void clipboard.importFile(file, at);
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
          if (nodeId) canvas.set({ pending: { node: nodeId, port: handleId ?? "", side: handleType === "target" ? "in" : "out" } });
        }}
        onConnectEnd={onConnectEnd}
        onClickConnectStart={(_, { nodeId, handleId, handleType }) => {
          if (nodeId) canvas.set({ pending: { node: nodeId, port: handleId ?? "", side: handleType === "target" ? "in" : "out" } });
        }}
        onClickConnectEnd={() => canvas.set({ pending: null })}
        isValidConnection={(connection) => !incompatibilityOf(canvas, endsIn(connection as Connection))}
        onConnect={(connection) => connect(canvas, endsIn(connection))}
        onEdgeClick={(_, edge) => doc.selectWire(edge.id)}
        onPaneClick={() => {
          doc.select([]);
          stopWiring();
        }}
        aria-label={t("canvas.label")}
      >
        <ZoomWatcher />
        <LinkLines />
      </ReactFlow>
      {overview && <OverviewCanvas label={label} marks={marks} />}
      <Minimap />
      <WireHint />
      <div ref={band} className="stage-lasso" hidden />
      <button type="button" className="stage-focus only-spoken" aria-label={t("canvas.label")} />
      {scene.nodes.size === 0 && Object.keys(sheet.notes).length === 0 && <p className="stage-empty">{t("canvas.empty")}</p>}
    </div>
  );
}

/** Switches to the overview and back as the zoom crosses the border, without drawing anything on other changes. */
function ZoomWatcher() {
  const canvas = useCanvasController();
  const store = useStoreApi();
  useEffect(() => {
    const look = (): void => {
      const zoom = store.getState().transform[2];
      const [overview, percent] = [zoom < OVERVIEW_BELOW_ZOOM, Math.round(zoom * 100)];
      const was = canvas.state;
      if (overview !== was.overview || percent !== was.percent) canvas.set({ overview, percent });
    };
    look();
    return store.subscribe(look);
  }, [store, canvas]);
  return null;
}

const closestId = (target: EventTarget, selector: string): string | undefined => (target as Element).closest<HTMLElement>(selector)?.dataset["id"];

const endsIn = (connection: Connection): WireEnds => ({
  from: connection.source, port: connection.sourceHandle ?? "", to: connection.target, input: connection.targetHandle ?? "",
});

function endsOf(pending: { node: string; port: string; side: "in" | "out" }, node: string, port: string): WireEnds {
  return pending.side === "out" ? { from: pending.node, port: pending.port, to: node, input: port } : { from: node, port, to: pending.node, input: pending.port };
}

/** A flow opens so that its words can be read: as a whole when it fits, else its beginning. */
function startBox(bounds: Box | null, element: HTMLElement | null): Box | undefined {
  if (!bounds || !element) return bounds ?? undefined;
  const { clientWidth, clientHeight } = element;
  const zoom = Math.min(clientWidth / (bounds.width + 80), clientHeight / (bounds.height + 80));
  if (zoom >= 0.6) return bounds;
  return boundsOf([{ x: bounds.x, y: bounds.y, width: Math.min(bounds.width, clientWidth / 0.75 - 120), height: Math.min(bounds.height, clientHeight / 0.75 - 120) }]) ?? undefined;
}
