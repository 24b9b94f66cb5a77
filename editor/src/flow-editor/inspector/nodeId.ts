/** What a node may be called; the server has the last word. */
import type { Sheet } from "../../model/flow/types";

const HAN = "\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff";
const NAME = new RegExp(`^[A-Za-z0-9${HAN}][A-Za-z0-9_${HAN}-]*$`);

/** Key of the reason why not, "" when it may. */
export function invalidIdReason(id: string, sheet: Sheet): string {
  if (id === "") return "inspector.id.empty";
  if (!NAME.test(id) || id.length > 64) return "inspector.id.odd";
  return id in sheet.nodes ? "inspector.id.taken" : "";
}
