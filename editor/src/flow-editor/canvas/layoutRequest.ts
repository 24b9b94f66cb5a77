/** What the worker that lays out a graph is asked. */
export interface LayoutRequest {
  boxes: { id: string; width: number; height: number }[];
  wires: { from: string; to: string }[];
  groups: { name: string; members: string[] }[];
}
