/** What the archive's routes answer. */
import type { ArchiveEntry } from "../../platform/api/generated";

export type { ArchiveEntry, ArchiveRun, ArchiveSummary, RestoreJob as Restored } from "../../platform/api/generated";

export type FileState = ArchiveEntry["state"];

export const fileStates: FileState[] = ["selected", "filed", "uploaded", "verified", "cleaned"];
