import { ApiError } from "../../platform/api/problem";
import { say } from "../../platform/i18n";
import { checkNow } from "./draftCheck";
import { draft } from "./document";

/** The file of the draft, written by the server if it has not been yet. */
export async function draftText(): Promise<string> {
  if (draft().text === null) await checkNow();
  const { text } = draft();
  if (text === null) throw new ApiError(0, "unwritten", say("deploy.unwritten"));
  return text;
}
