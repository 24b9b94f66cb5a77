/** What the server says over HTTP and the socket, as docs of the API name it. */
import type { Language, LocalizedText } from "../i18n/words";
import type { Json } from "./json";

export type Role = "viewer" | "operator" | "admin" | "integrator";

export interface Session {
  user: string;
  role: Role;
  language?: string;
  /** Everything but a new password is refused. */
  must_change?: boolean;
}

export interface Problem {
  path?: string;
  line: number;
  column: number;
  node: string;
  field: string;
  message: string;
  hint: string;
  severity: "error" | "warning";
}

export interface FlowSummary {
  name: string;
  title: LocalizedText;
  disabled: boolean;
  status: "running" | "stopped" | "degraded";
  problems: number;
  revision: string;
  nodes: number;
  changed_on_disk?: boolean;
}

export interface Revision {
  number: number;
  revision: string;
  who: string;
  when: string;
  note: string;
}

/** Counts of one deploy: what came in while it ran went out, or is held. */
export type DeployReport = Record<string, Json>;

export type StatusLevel = "ok" | "info" | "warning" | "error" | "";

/** in, out, errors, p50 ms, p95 ms, queue depth, status text, status level */
export type NodeMetrics = [number, number, number, number | null, number | null, number, string, StatusLevel];

export interface TelemetryFrame {
  at: string | number;
  nodes: Record<string, NodeMetrics>;
  wires: Record<string, [number, string | null]>;
}

export interface Account {
  name: string;
  role: Role;
  language: Language;
  must_change: boolean;
  last_seen: string | null;
}

export interface ApiToken {
  name: string;
  role: Role;
  created_at: string;
  created_by: string;
  ends_at: string | null;
  last_seen: string | null;
}

export interface SecretInfo {
  name: string;
  changed_at: string;
  changed_by: string;
  /** False when it was encrypted with another key: it has to be set again. */
  readable: boolean;
}

export interface AuditEntry {
  id: number;
  at: string;
  who: string;
  address: string;
  action: string;
  target: string;
  details: Record<string, Json>;
}

export type ServiceHealth = { status: string; problem?: string } & Record<string, Json | undefined>;

export interface Health {
  status: "ok" | "degraded" | "locked";
  version: string;
  starting?: string;
  quarantined: number;
  services: Record<string, ServiceHealth>;
  flows: Record<string, { status: string; under_way: number; nodes: Record<string, string>; problems?: string[]; refused?: string }>;
}

export interface Quarantined {
  id: number;
  at: string;
  flow: string;
  node: string;
  topic: string;
  key: string;
  reason: string;
  payload: string;
  size_bytes: number;
  /** Only the beginning was kept. */
  cut: boolean;
  props: Record<string, Json>;
  reprocessed: string | null;
}
