/** All lucide icons, a chunk of its own: only a node type with an unusual icon loads it. */
export { icons } from "lucide";
