/** The way of the trace that is being looked at: node ids, and `node.port` of the wires it took. */
import { create } from "zustand";

export const useTracedPath = create<{ nodes: ReadonlySet<string> }>(() => ({ nodes: new Set() }));

export const showTracedPath = (nodes: Iterable<string>): void => useTracedPath.setState({ nodes: new Set(nodes) });
