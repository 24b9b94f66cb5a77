/** Which commands the canvas menu offers; null is a line between them. */
export type MenuOf = "node" | "other" | "wire" | "canvas";

export const menus: Record<MenuOf, (string | null)[]> = {
  node: ["open", "into", null, "cut", "copy", "paste", "duplicate", null, "toggle", "group", "subflow", null, "fit-selection", null, "remove", "remove-and-join"],
  other: ["open", null, "copy", "paste", null, "fit-selection", null, "remove"],
  wire: ["toggle", null, "remove"],
  canvas: ["add", "note", "paste", null, "select-all", "layout", "fit", null, "import", "export-yaml", "export-svg", "export-png"],
};
