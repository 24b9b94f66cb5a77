/** Which commands the canvas menu offers; null is a line between them. */
export type MenuOf = "node" | "other" | "wire" | "canvas";

export const menus: Record<MenuOf, (string | null)[]> = {
  node: ["open", null, "toggle", "group", null, "fit-selection", null, "remove", "remove-and-join"],
  other: ["group", null, "fit-selection", null, "remove"],
  wire: ["toggle", null, "remove"],
  canvas: ["add", "note", null, "select-all", "fit"],
};
