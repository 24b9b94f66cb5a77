/** The way of the trace that is being looked at: node ids, and `node.port` of the wires it took. */
import { create } from "zustand";

export const useTraced = create<{ nodes: ReadonlySet<string> }>(() => ({ nodes: new Set() }));

export const showWay = (nodes: Iterable<string>): void => useTraced.setState({ nodes: new Set(nodes) });
