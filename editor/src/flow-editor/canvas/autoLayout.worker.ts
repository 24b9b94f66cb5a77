/** Lays out a graph along the flow, away from the page's own thread. */
import { graphlib, layout } from "@dagrejs/dagre";
import type { LayoutRequest } from "./layoutRequest";

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const graph = new graphlib.Graph({ multigraph: true, compound: data.groups.length > 0 });
  graph.setGraph({ rankdir: "LR", nodesep: data.groups.length ? 64 : 36, ranksep: 72, edgesep: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of data.boxes) graph.setNode(id, { width, height });
  for (const { name, members } of data.groups) {
    graph.setNode(`group:${name}`, {});
    for (const member of members) if (graph.hasNode(member)) graph.setParent(member, `group:${name}`);
  }
  data.wires.forEach(({ from, to }, index) => graph.hasNode(from) && graph.hasNode(to) && from !== to && graph.setEdge(from, to, {}, String(index)));
  layout(graph);
  const places = Object.fromEntries(data.boxes.map(({ id, width, height }) => {
    const { x, y } = graph.node(id) as { x: number; y: number };
    return [id, [Math.round(x - width / 2), Math.round(y - height / 2)]];
  }));
  self.postMessage(places);
};
