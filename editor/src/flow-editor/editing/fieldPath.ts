/** A place in a node as problems, differences and search hits name it (`with.rules[0].op`, `to.ok`), in the words that people read. */
import type { NodeType } from "../../model/flow/server";
import { placeTitle } from "../../model/schema/titles";
import { currentLanguage, localized, translate } from "../../platform/i18n";

/** Keys of a node, a group or the flow itself, with words of their own. */
const KEYS = new Set(["disabled", "groups", "help", "layout", "nodes", "note", "notes", "on_error", "subflows", "title", "to", "type", "with"]);

export function fieldPath(field: string, type: NodeType | undefined): string {
  const [key = "", ...rest] = field.split(".");
  const inner = rest.join(".");
  if (key === "with" && inner && type && !type.broken) return placeTitle(inner, type.schema, currentLanguage());
  const words = KEYS.has(key) ? translate(`field.${key}`) : key;
  const port = key === "to" ? type?.outputs.find(({ name }) => name === inner) : undefined;
  return [words, localized(port?.title) || inner].filter(Boolean).join(" › ");
}
