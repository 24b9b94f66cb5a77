/** What the archive's routes answer. */
export type FileState = "selected" | "filed" | "uploaded" | "verified" | "cleaned";

export const fileStates: FileState[] = ["selected", "filed", "uploaded", "verified", "cleaned"];

export interface ArchiveRun {
  at: string;
  files: number;
  states: Partial<Record<FileState, number>>;
  rows: number;
  size_bytes: number;
  problems: number;
}

export interface Restored {
  name: string;
  table: string;
  state: "running" | "done" | "failed";
  rows: number;
  added: number;
  problem: string;
}

export interface ArchiveSummary {
  bucket: string;
  endpoint: string;
  files: number;
  rows: number;
  size_bytes: number;
  unfinished: number;
  problems: number;
  run: ArchiveRun | null;
  restores: Restored[];
}

export interface ArchiveEntry {
  name: string;
  sn: string;
  day: string;
  part: number;
  state: FileState;
  rows: number;
  size_bytes: number;
  md5: string;
  bucket: string;
  object_key: string;
  problem: string;
}
