import { ApiError } from "../../platform/api/problem";
import { translate } from "../../platform/i18n";
import { draft } from "./document";
import { checkNow } from "./draftCheck";

/** The file of the draft, written by the server if it has not been yet. */
export async function draftText(): Promise<string> {
  if (draft().text === null) await checkNow();
  const { text } = draft();
  if (text === null) throw new ApiError(0, "unwritten", translate("deploy.unwritten"));
  return text;
}
