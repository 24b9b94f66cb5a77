/** What the server says over HTTP and the socket, as docs of the API name it. */
import type { FlowRow, Me } from "./generated";
import type { Json } from "./json";

export type FlowSummary = FlowRow;

export type { AuditEntry, DeployReport, Me as Session, ProblemAnswer as Problem, Quarantined, Revision, SecretInfo, Token as ApiToken, User as Account } from "./generated";

export type Role = Me["role"];

export type StatusLevel = "ok" | "info" | "warning" | "error" | "";

/** in, out, errors, p50 ms, p95 ms, queue depth, status text, status level */
export type NodeMetrics = [number, number, number, number | null, number | null, number, string, StatusLevel];

export interface TelemetryFrame {
  at: string | number;
  nodes: Record<string, NodeMetrics>;
  wires: Record<string, [number, string | null]>;
}

export type ServiceHealth = { status: string; problem?: string } & Record<string, Json | undefined>;

export interface Health {
  status: "ok" | "degraded" | "locked";
  version: string;
  starting?: string;
  quarantined: number;
  services: Record<string, ServiceHealth>;
  flows: Record<string, { status: string; under_way: number; nodes: Record<string, string>; problems?: string[]; refused?: string; file?: string }>;
}
