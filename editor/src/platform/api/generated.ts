/** What the API takes and answers. Written by `make api-types` from the routes of the server: change them there. */
import type { Json } from "./json";

/** What was acknowledged, and what was not. */
export interface Acknowledged {
  done: ActiveAlarm[];
  refused: NotDone[];
}

/** An alarm that is not normal. Times are Unix seconds; `value`, `peak` and `threshold` in `unit`; `notified_at` null: nobody was. */
export interface ActiveAlarm {
  sn: string;
  type: string;
  priority: "critical" | "high" | "low" | "medium";
  state: "acknowledged" | "latched" | "latched-acknowledged" | "normal" | "out-of-service" | "returned" | "shelved" | "suppressed" | "unacknowledged";
  active: boolean;
  raised_at: number | null;
  returned_at: number | null;
  value: number | null;
  peak: number | null;
  threshold: number | null;
  unit: string;
  side: string;
  gas: string;
  name: string;
  location: string;
  notified_at: number | null;
  repeat_at: number | null;
  by: string;
  reason: string;
  until: number | null;
}

/** Add a node below the node `after`, by default below all others; `at` is its place on the canvas. */
export interface AddNode {
  op: "add_node";
  id: string;
  type: string;
  with?: Record<string, Json>;
  to?: Json;
  title?: string | Record<string, string>;
  note?: string;
  disabled?: boolean;
  after?: string;
  at?: [number, number] | null;
}

/** Wire an output port of `node` ("" is its first) to `to`, an `ID` or `ID.PORT` in the same flow or subflow. */
export interface AddWire {
  op: "add_wire";
  node: string;
  to: string;
  port?: string;
  disabled?: boolean;
  first?: string;
}

/** All alarms that are not normal, the most urgent first; `now` is the server's clock. Where this process does not judge they are those that were stored last, the latest first. */
export interface AlarmBoard {
  now: number;
  judging: Judging;
  alarms: ActiveAlarm[];
}

/** How often an alarm came. */
export interface AlarmCount {
  sn: string;
  type: string;
  count: number;
}

/** A row of `alarm_events`. */
export interface AlarmEvent {
  id: string;
  sn: string;
  type: string;
  kind: string;
  state: "acknowledged" | "latched" | "latched-acknowledged" | "normal" | "out-of-service" | "returned" | "shelved" | "suppressed" | "unacknowledged";
  at: number;
  priority: "critical" | "high" | "low" | "medium";
  active: boolean;
  raised_at: number | null;
  revision: number;
  value: number | null;
  unit: string;
  threshold: number | null;
  peak: number | null;
  side: string;
  gas: string;
  with_a1: boolean;
  lasted_s: number;
  notified: boolean;
  not_notified_reason: string;
  quiet_until: number | null;
  name: string;
  location: string;
  by: string;
  reason: string;
  until: number | null;
  story: Record<string, Json>;
}

/** A row of `alarms`. Times are Unix seconds; `value` is that of the reading that raised it; `notified`: people were. */
export interface AlarmRecord {
  id: number;
  sn: string;
  type: string;
  raised_at: number;
  priority: "critical" | "high" | "low" | "medium";
  state: "acknowledged" | "latched" | "latched-acknowledged" | "normal" | "out-of-service" | "returned" | "shelved" | "suppressed" | "unacknowledged";
  active: boolean;
  value: number | null;
  peak: number | null;
  threshold: number | null;
  unit: string;
  notified: boolean;
  name: string;
  location: string;
  returned_at: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string;
  revision: number;
}

/** An alarm as it was or would have been. `until` is None when it goes on at the end. */
export interface AlarmSpan {
  type: string;
  at: number;
  until: number | null;
  peak: number | null;
}

/** What a captured node sends for a message it gets: the message itself, with the payload and topic given here and these properties. */
export interface Answer {
  port: string;
  payload?: Json;
  topic: string;
  props: Record<string, Json>;
}

/** One file of the ledger. */
export interface ArchiveEntry {
  name: string;
  sn: string;
  day: string;
  part: number;
  state: "cleaned" | "filed" | "selected" | "uploaded" | "verified";
  rows: number;
  size_bytes: number;
  md5: string;
  bucket: string;
  object_key: string;
  problem: string;
  first_time: string | null;
  last_time: string | null;
  changed_at: string;
}

/** The latest run. `files` is how many it took on, `states` how far they are; `rows` and `size_bytes` are of its files. */
export interface ArchiveRun {
  at: string;
  files: number;
  states: Record<string, number>;
  rows: number;
  size_bytes: number;
  problems: number;
}

/** How the archive stands. `rows`, `size_bytes` and `files` are what is in the bucket and verified. */
export interface ArchiveSummary {
  bucket: string;
  endpoint: string;
  files: number;
  rows: number;
  size_bytes: number;
  unfinished: number;
  problems: number;
  run: ArchiveRun | null;
  restores: RestoreJob[];
}

/** One attempt. `events` are ids of `alarm_events`; `count` of them, as many as the message is about. */
export interface Attempt {
  at: number;
  channel: string;
  attempt: number;
  result: "again" | "refused" | "sent";
  answer: string;
  hint: string;
  subject: string;
  events: string[];
  count: number;
  test: boolean;
}

/** Which attempts. */
export interface AttemptQuery {
  channel?: string;
  result?: "" | "again" | "refused" | "sent";
  before?: number | null;
  limit?: number;
}

/** One attempt with the vendor's answer; `count` is how many alarms the message is about. */
export interface AttemptRecord {
  id: number;
  at: number;
  channel: string;
  attempt: number;
  result: "again" | "refused" | "sent";
  answer: string;
  hint: string;
  subject: string;
  count: number;
  test: boolean;
}

/** One line of the log. `details` never holds a secret or a message's payload; what we say in it is read in the reader's language. */
export interface AuditEntry {
  id: number;
  at: string;
  who: string;
  address: string;
  action: string;
  target: string;
  details: Record<string, Json>;
}

/** Which lines; texts are looked for as parts. */
export interface AuditQuery {
  before?: number | null;
  limit?: number;
  who?: string;
  action?: string;
  target?: string;
}

/** A text in both languages; a missing one is "". */
export interface Bilingual {
  zh: string;
  en: string;
}

/** Why a type can't be used. */
export interface BrokenView {
  problem: string;
  traceback: string;
}

/** A stretch of both curves, as an array: start (Unix s), then mean, least, greatest of the old and of the new; null without any. */
export type Bucket = [number, number | null, number | null, number | null, number | null, number | null, number | null];

/** The same fields for many devices. With `dry_run` nothing is stored, and the answer says what would change. */
export interface BulkChange {
  sns: string[];
  fields: Record<string, Json>;
  dry_run?: boolean;
}

/** The vendor's answer, word for word, and how long it took, s. `hint` says what kind of trouble it is. */
export interface CardAnswer {
  result: "again" | "refused" | "sent";
  answer: string;
  hint: string;
  subject: string;
  seconds: number;
}

/** A card as it is to be. Secrets that are left out stay, null removes. `revision` is the one that was seen (409 otherwise). */
export interface CardChange {
  enabled: boolean;
  settings: Email | Robot | Sms;
  revision: number;
  secrets?: Record<string, string | null>;
}

/** All cards, and what a template may hold. */
export interface CardList {
  cards: CardView[];
  variables: Variable[];
}

/** What is on the card but not saved yet; what is left out is taken as it is saved. */
export interface CardTrial {
  settings?: Email | Robot | Sms | null;
  secrets?: Record<string, string | null>;
}

/** A card. Of its secrets only whether they are set is told; `host` is where a robot's address leads, without its key. */
export interface CardView {
  name: string;
  kind: "email" | "robot" | "sms";
  enabled: boolean;
  settings: Email | Robot | Sms;
  secrets: Record<string, boolean>;
  host: string;
  revision: number;
  changed_at: number | null;
  changed_by: string;
  last: Attempt | null;
}

/** One case. Every port or captured node that `expect` names must send just what is listed, in that order. */
export interface Case {
  name: string;
  given: CasesGiven[];
  expect: Expected[];
  never: string[];
  until: number;
  site: Record<string, Json>;
  answers: Record<string, Answer[] | Answer>;
}

/** How a case went. `differences` is empty when it passed; `sent` is all that was seen, by `node.port`. */
export interface CaseResult {
  name: string;
  differences: string[];
  sent: Record<string, RunnerSent[]>;
  seconds: number;
}

/** A message put out by a source, or delivered to any other node, `at` seconds after the start. */
export interface CasesGiven {
  node: string;
  at: number;
  payload?: Json;
  topic: string;
  key: string;
  props: Record<string, Json>;
}

/** One field, old → new; a side that is not there is left out. `field` is dotted: "type", "with.factor", "to.ok". */
export interface Change {
  field: string;
  old?: Json;
  new?: Json;
}

/** Change what is named: `set` and `unset` single fields of `with`, or `with` as a whole; "" removes a text. */
export interface ChangeNode {
  op: "change_node";
  id: string;
  type?: string;
  with?: Record<string, Json>;
  set?: Record<string, Json>;
  unset?: string[];
  to?: Json;
  title?: string | Record<string, string>;
  note?: string;
  disabled?: boolean;
}

/** Disable a wire, or enable it again. */
export interface ChangeWire {
  op: "change_wire";
  node: string;
  to: string;
  disabled: boolean;
  port?: string;
  first?: string;
}

/** Whose change is taken of one thing that both changed. */
export interface Choice {
  node: string;
  field: string;
  side: "mine" | "theirs";
}

/** `lost` are alarms that would not have been, `gained` ones that would have been too; `kept` counts those of both. */
export interface Comparison {
  readings: number;
  bucket_s: number;
  curve: Bucket[];
  lost: AlarmSpan[];
  gained: AlarmSpan[];
  kept: number;
  lost_count: number;
  gained_count: number;
}

/** A CSV file of devices. With `dry_run` nothing is stored, and the answer says what would change. */
export interface CsvImport {
  text: string;
  dry_run?: boolean;
}

/** What is wrong on a line (from 1, the head is line 1); `field` is the column, "" for the whole line. */
export interface CsvProblem {
  line: number;
  field: string;
  code: string;
  message: string;
}

/** `template` is an empty file with the names of the columns. */
export interface CsvQuery {
  content?: "devices" | "template";
}

/** How fast, and for how long; the handbook's button says 1 s for 600 s. */
export interface Debug {
  interval_s?: number;
  duration_s?: number;
}

/** How many of the last rows. */
export interface DebugQuery {
  limit?: number;
}

/** One row of the debug list. `value` is JSON-like; a large one is cut, `size_bytes` says how large it was. */
export interface DebugRow {
  number: number;
  time: number;
  flow: string;
  node: string;
  topic: string;
  key: string;
  id: string;
  value: Json;
  size_bytes: number;
  level: string;
}

/** One device's fast reporting; it ends by itself. Times are Unix seconds by the server's clock; `ends_at` is None when it is over. */
export interface DebugRun {
  sn: string;
  interval_s: number;
  started_at: number;
  ends_at: number | null;
  by: string;
}

/** A change to deploy: a whole text, or operations on the file as it is. `base_text` helps to merge after a conflict. */
export interface Deploy {
  base: string;
  text?: string;
  operations?: (AddNode | ChangeNode | RenameNode | RemoveNode | AddWire | RemoveWire | ChangeWire | SetLayout | SetFlow | SetGroup | RemoveGroup | SetNote | RemoveNote | SetSubflow | RemoveSubflow | RenameSubflow)[];
  note?: string;
  require_tests?: boolean;
  override_reason?: string;
  base_text?: string;
  renames?: Record<string, string>;
}

/** What a deploy did. Counted over its time: came_in + held_before = went_out + held_after, in messages of the sources. */
export interface DeployReport {
  flow: string;
  added: string[];
  changed: string[];
  removed: string[];
  kept: string[];
  renamed: Record<string, string>;
  came_in: number;
  went_out: number;
  held_before: number;
  held_after: number;
  quarantined: number;
  seconds: number;
}

/** The version that runs. `number` and `when` are null until the database could record it. */
export interface DeployedView {
  revision: string;
  number: number | null;
  who: string;
  when: string | null;
  note: string;
}

/** A row of the table `devices`. Concentrations are in `unit`. */
export interface Device {
  sn: string;
  name: string;
  gas: string;
  unit: string;
  k: number | null;
  b: number | null;
  t_coef: number;
  formula: string | null;
  raw_low: number | null;
  raw_high: number | null;
  range_low: number;
  range_high: number | null;
  a1: number | null;
  a1_direction: "high" | "low";
  a1_deadband: number;
  a1_delay_s: number;
  a2: number | null;
  a2_direction: "high" | "low";
  a2_deadband: number;
  a2_delay_s: number;
  location: string;
  plan_id: number | null;
  left_pct: number | null;
  top_pct: number | null;
  period_s: number;
  enabled: boolean;
  revision: number;
}

/** Fields to set. `revision` is the one that was seen: 409 with the current device when somebody else was quicker. */
export interface DeviceChange {
  revision: number;
  fields: Record<string, Json>;
}

/** The figures of one device at this moment. Times are Unix seconds, shares per cent, `rssi` dBm. */
export interface DeviceFigures {
  sn: string;
  received: number;
  lost: number;
  loss_pct: number;
  duplicates: number;
  late: number;
  reboots: number;
  malformed: number;
  last_seen: number;
  bat: number | null;
  rssi: number | null;
  net: string | null;
  flags: number;
  clock_ahead_s: number | null;
}

/** All devices, and how each is doing; `now` is the server's clock, Unix seconds. What is at its default is left out. */
export interface DeviceList {
  now: number;
  devices: Record<string, Json>[];
  figures: DeviceFigures[];
  debugging: DebugRun[];
}

/** One device. `missing` are the parameters that its formula lacks; `figures` is null when it was never heard. */
export interface DeviceView {
  now: number;
  device: Device;
  missing: string[];
  figures: DeviceFigures | null;
  debugging: DebugRun | null;
}

/** The numbers of two deploys. */
export interface DiffQuery {
  from: number;
  to: number;
}

/** What was deployed. The report is in = out + held, in messages of the sources. */
export interface Done {
  revision: string;
  number: number;
  report: DeployReport;
  balanced: boolean;
}

/** SMTP. Port 465 speaks TLS from the first byte, 587 and others begin with STARTTLS, unless `security` says otherwise. Several recipients are parted by semicolons; `sender` is the account unless given. */
export interface Email {
  kind: "email";
  server: string;
  port: number;
  security: "auto" | "none" | "starttls" | "tls";
  account: string;
  sender: string;
  recipients: string;
  language: "en" | "zh";
  time_zone: string;
}

/** What every refusal looks like. */
export interface ErrorAnswer {
  error: ErrorBody;
}

/** `code` is stable; `message` and `hint` are in the language of who asks; `problems` are those of a flow. */
export interface ErrorBody {
  code: string;
  message: string;
  hint: string;
  problems: ProblemAnswer[] | null;
  node: string | null;
}

/** An expression, and the wire whose last message it is tried on. `parameters` is the property that holds a device's values. */
export interface Evaluate {
  expression: string;
  node?: string;
  port?: string;
  parameters?: string;
  strings?: boolean;
}

/** `result` is null without a message to try it on, or with problems. `at` and `topic` are those of the message. */
export interface Evaluated {
  result: number | boolean | string | null;
  problems: Mistake[];
  names: Name[];
  functions: string[];
  at: number | null;
  topic: string;
  key: string;
}

/** A documented case that can be run. */
export interface ExampleView {
  title: Bilingual;
  config: Record<string, Json>;
  given: Json[];
  expect: Json;
  site: Record<string, Json>;
}

/** A message that leaves a port (`node: limits.over`; the first port when none is named), or that reaches a captured node. */
export interface Expected {
  node: string;
  at: number | null;
  within_s: number;
  payload?: Json;
  topic: string;
  props: Record<string, Json>;
  count: number | null;
}

/** `code` is stable and the browser translates by it; `message` is the English text. */
export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

/** The measures of ISA-18.2 (clause 16) and EEMUA 191 over the last days. */
export interface Figures {
  days: number;
  raised: number;
  per_day: number;
  per_10_min: number;
  most_in_10_min: number;
  floods: number;
  flood_pct: number;
  chattering: AlarmCount[];
  fleeting: number;
  stale: StaleAlarm[];
  most_frequent: AlarmCount[];
  top_pct: number;
  by_priority: Record<string, number>;
  acknowledged_after_s: number | null;
}

/** Over how many days. */
export interface FiguresQuery {
  days?: number;
}

/** Which files: the latest day first, from `offset` on. */
export interface FilesQuery {
  sn?: string;
  state?: "" | "cleaned" | "filed" | "problem" | "selected" | "uploaded" | "verified";
  day?: string;
  limit?: number;
  offset?: number;
}

/** The difference of two flows. Nodes are named by address: `scale`, or `calibrate/scale` in the subflow `calibrate`. */
export interface FlowDiff {
  added: string[];
  removed: string[];
  changed: Record<string, Change[]>;
  rewired: Record<string, Change[]>;
  moved: string[];
  flow: Change[];
}

/** What a flow says, without where in the file it says it; see the flow file's own documentation. */
export interface FlowModel {
  flow: string;
  title: string | Record<string, string>;
  help: string | Record<string, string>;
  disabled: boolean;
  on_error: Target | null;
  nodes: Record<string, NodeSpec>;
  subflows: Record<string, Subflow>;
  groups: Record<string, Group>;
  notes: Record<string, Note>;
  layout: Record<string, [number, number]>;
}

/** One flow in the list. `problems` counts what keeps it from running or troubles it; `revision` is that of the file; `file_note` says why the file is not what runs, "" when nothing keeps it from that; `process` is the one that runs it, "" in a site of one process. */
export interface FlowRow {
  name: string;
  title: string | Record<string, string>;
  disabled: boolean;
  status: "degraded" | "running" | "stopped";
  problems: number;
  revision: string;
  nodes: number;
  changed_on_disk: boolean;
  file_note: string;
  process: string;
}

/** One flow as its file has it. `changed_on_disk`: the file is another than what runs, because somebody edited it there. */
export interface FlowView {
  name: string;
  text: string;
  revision: string;
  deployed: DeployedView | null;
  flow: FlowModel | null;
  problems: ProblemAnswer[];
  changed_on_disk: boolean;
}

/** A frame round some nodes. It changes nothing about how they run. */
export interface Group {
  title: string | Record<string, string>;
  colour: string;
  members: string[];
}

/** Which alarms; `before` and `before_id` go on from the last of a page. */
export interface HistoryQuery {
  before?: number | null;
  before_id?: number | null;
  since?: number | null;
  sn?: string;
  type?: string;
  priority?: "" | "critical" | "high" | "low" | "medium";
  notified?: boolean | null;
  limit?: number;
}

/** One node on the way of a traced message. Values are cut as in the debug list. */
export interface Hop {
  node: string;
  at: number;
  seconds: number;
  given: Json;
  outputs: [string, Json][];
  error: string;
}

/** `v` is the digest that the list of plans gives: the answer may then be kept for ever. */
export interface ImageQuery {
  v?: string;
}

/** Without a message a node that makes its own (inject) sends that. */
export interface Inject {
  message?: TracingGiven;
}

/** The id of the message, as traces and debug rows show it; "" when the node made it itself. */
export interface Injected {
  id: string;
}

/** Whether readings are judged. `by` is the process that does ("" when none does), `since` when the last one stopped, Unix s, and `problem` what to do about it. */
export interface Judging {
  here: boolean;
  by: string;
  since: number | null;
  problem: string;
}

/** One type of payload, said so that a program in another language can compare it. */
export interface Kind {
  name: string;
  above: string[];
  of: Kind[][];
}

/** The last message that was looked at on a wire. `payload` is cut above 16 kB, then `whole` is false. */
export interface LastMessage {
  at: number;
  time: number;
  topic: string;
  key: string;
  payload: Json;
  props: Record<string, Json>;
  size_bytes: number;
  whole: boolean;
}

/** A wire, by the node and the output port it leaves from; without a port the node's first. */
export interface LastQuery {
  node: string;
  port?: string;
}

/** A new token. `text` is shown this once. */
export interface MadeToken {
  text: string;
  token: Token;
}

/** Where a device is on a plan, in percent of the picture; None for both takes it off the plan. */
export interface MapPosition {
  sn: string;
  left_pct: number | null;
  top_pct: number | null;
}

/** Where devices are; those not named stay where they are. */
export interface MapPositions {
  places: MapPosition[];
}

/** Who is signed in. With `must_change` everything else is refused until a new password is set. */
export interface Me {
  user: string;
  role: "admin" | "integrator" | "operator" | "viewer";
  language: string;
  must_change: boolean;
}

/** Three texts of a flow: what both started from, mine, and theirs; and what was chosen where they disagree. */
export interface Merge {
  base: string;
  mine: string;
  theirs: string;
  choices?: Choice[];
}

/** Theirs with mine brought in; of what is still in `conflicts` it has theirs. Each names node, field, base, mine, theirs. */
export interface MergedView {
  text: string;
  flow: FlowModel | null;
  conflicts: Record<string, Json>[];
}

/** One minute of one device, as an array: start (Unix s), mean, least and greatest concentration (null without any), readings, mean raw value. */
export type Minute = [number, number | null, number | null, number | null, number, number | null];

/** The hours before `until` (Unix s; left out: now). */
export interface MinutesQuery {
  hours?: number;
  until?: number | null;
}

/** The minutes that have readings, in order, and the alarms that were on. */
export interface MinutesView {
  now: number;
  since: number;
  until: number;
  minutes: Minute[];
  alarms: AlarmSpan[];
}

/** What is wrong with an expression; `column` counts from 1, 0 means as a whole. */
export interface Mistake {
  message: string;
  column: number;
  hint: string;
}

/** A name that an expression may use here, its value in the last message, and whether payload or device has it. */
export interface Name {
  name: string;
  value: Json;
  of: string;
}

/** A device to add; what is left out has its default. */
export interface NewDevice {
  sn: string;
  fields?: Record<string, Json>;
}

/** A flow to add: empty with a title, or from a text whose `flow:` says the same name. */
export interface NewFlow {
  name: string;
  text?: string;
  title?: string | Record<string, string>;
}

/** One's own password: the one that is, and the one to be. */
export interface NewPassword {
  old: string;
  new: string;
}

/** A token to make. It ends after `days`, and with the user who makes it; `null` sets no date. */
export interface NewToken {
  name: string;
  role: "admin" | "integrator" | "operator" | "viewer";
  days?: number | null;
}

/** A user to add. They have to choose a password of their own when they first sign in. */
export interface NewUser {
  name: string;
  password: string;
  role: "admin" | "integrator" | "operator" | "viewer";
  language?: "en" | "zh";
}

/** The type and the config of one node. */
export interface NodeConfig {
  type: string;
  with?: Record<string, Json>;
}

/** Nodes whose ports are asked for. */
export interface NodeConfigs {
  nodes: NodeConfig[];
}

/** One node as written. `to` maps output ports to targets; the port "" is the node's first output. */
export interface NodeSpec {
  id: string;
  type: string;
  with_: Record<string, Json>;
  to: Record<string, Target[]>;
  title: string | Record<string, string>;
  note: string;
  disabled: boolean;
}

/** One node type. `schema` is the JSON Schema of its `with`, with `title`, `x-unit`, `x-zh` {title, description} and `x-choices` {value: {en, zh}} per property; with `own_ports` the ports of a node hang on its config, and `/api/node-types/ports` tells them; with `buffers` messages wait in it, so that a loop of wires may lead through it. `broken`: there is no version of it that works; `held_back`: this one works, and a newer one in its file is not taken over, with the reason. */
export interface NodeTypeView {
  type: string;
  category: string;
  icon: string;
  color: string;
  title: Bilingual;
  help: Bilingual;
  schema: Record<string, Json>;
  inputs: PortView[];
  outputs: PortView[];
  examples: ExampleView[];
  source: boolean;
  side_effect: boolean;
  buffers: boolean;
  own_ports: boolean;
  listens: string;
  origin: string;
  broken: BrokenView | null;
  held_back: BrokenView | null;
  remark: RemarkView | null;
}

/** One message that left the node. `error` is why a message left by the error port. */
export interface NodeTypesSent {
  port: string;
  at: number;
  payload: Json;
  topic: string;
  key: string;
  error: string;
}

/** An alarm that a command did not fit, and why. */
export interface NotDone {
  sn: string;
  type: string;
  message: string;
}

/** Markdown on the canvas; `at` is its top left corner and `size` its width and height, in canvas pixels. */
export interface Note {
  text: string;
  at: [number, number];
  size: [number, number] | null;
}

/** A device. */
export interface OneDevice {
  sn: string;
}

/** What changed or would change. `planned` are the first 500 that differ or are wrong; `problems` go with a line of the file. */
export interface Outcome {
  stored: boolean;
  added: number;
  changed: number;
  unchanged: number;
  planned: PlannedChange[];
  problems: CsvProblem[];
}

/** How many devices were placed or taken off. */
export interface Placed {
  count: number;
}

/** A plan without its picture, which is at /api/plans/ID/image. Width and height are in pixels. */
export interface Plan {
  id: number;
  name: string;
  width: number;
  height: number;
  digest: string;
}

/** What a plan is called. */
export interface PlanName {
  name: string;
}

/** What a change would do to one device: {field: [before, after]} of what differs. */
export interface PlannedChange {
  sn: string;
  changes: Record<string, [Json, Json]>;
  problems: FieldProblem[];
  new: boolean;
}

/** One port; `payload` names the type that passes for people, "any" when everything does, and `kinds` has its alternatives (none: everything). An output hands on what came in at `same_as`. */
export interface PortView {
  name: string;
  title: Bilingual;
  payload: string;
  unit: string;
  kinds: Kind[];
  same_as: string;
}

/** The ports of one node with its config. */
export interface PortsView {
  inputs: PortView[];
  outputs: PortView[];
}

/** A change to try: a whole text, or operations on `base_text`; `renames` as for a deploy. */
export interface Preview {
  base_text?: string;
  operations?: (AddNode | ChangeNode | RenameNode | RemoveNode | AddWire | RemoveWire | ChangeWire | SetLayout | SetFlow | SetGroup | RemoveGroup | SetNote | RemoveNote | SetSubflow | RemoveSubflow | RenameSubflow)[];
  text?: string;
  renames?: Record<string, string>;
}

/** What the change would come to. `flow` is null where the text can't be read; `diff` is against what is deployed; `restarts` are the nodes that a deploy would start anew, `added` and `removed` those that it would start and stop, and `renamed` ({id before: id now}) those whose memory, queue and subscription would follow to another id. */
export interface Previewed {
  text: string;
  revision: string;
  flow: FlowModel | null;
  problems: ProblemAnswer[];
  diff: FlowDiff | null;
  restarts: string[];
  added: string[];
  removed: string[];
  renamed: Record<string, string>;
}

/** A problem in the language of who reads it. `code` and `params` are what `message` was made of. */
export interface ProblemAnswer {
  path: string;
  line: number;
  column: number;
  node: string;
  field: string;
  message: string;
  hint: string;
  severity: "error" | "warning";
  code: string;
  params: Record<string, Json>;
}

/** Which part of the list, and of which flow or node. */
export interface QuarantineQuery {
  before?: number | null;
  limit?: number;
  flow?: string;
  node?: string;
}

/** Which messages: of which flow or node, kept since and until (Unix seconds); all that wait when nothing is given. */
export interface QuarantineSelection {
  flow?: string;
  node?: string;
  since?: number | null;
  until?: number | null;
}

/** One message that no node could handle. `payload` is its text, cut at 16 kB; `cut`: only its beginning was kept. */
export interface Quarantined {
  id: number;
  at: string;
  flow: string;
  node: string;
  time: string;
  topic: string;
  key: string;
  reason: string;
  payload: string;
  size_bytes: number;
  cut: boolean;
  props: Record<string, Json>;
  reprocessed: string | null;
}

/** A packet with its device and what was found out about it. */
export interface Reading {
  ts: number;
  seq: number;
  v_raw: number;
  temp: number | null;
  err: number | null;
  humi: number | null;
  bat: number | null;
  rssi: number | null;
  net: string | null;
  sn: string;
  time: number;
  received_at: number;
  conc: number | null;
  conc_raw: number | null;
  flags: number;
  extra: Record<string, Json> | null;
}

/** Parameters that are not saved, tried on the last hours of stored raw values. */
export interface Recalibration {
  fields: Record<string, Json>;
  hours?: number;
}

/** How many. */
export interface RecentQuery {
  limit?: number;
}

/** Something that happened to an alarm, and when it was stored. */
export interface RecordedEvent {
  event: AlarmEvent;
  recorded_at: number;
}

/** What to know of a custom node that is used: an example fails, or its test file was not run, as there is no pytest here. */
export interface RemarkView {
  code: "example_fails" | "tests_not_run";
  detail: string;
}

/** What the removal is based on. */
export interface RemoveCase {
  base: string;
  name: string;
}

/** What the removal is based on. The `reason` stands in the versions and the audit log. */
export interface RemoveFlow {
  base: string;
  reason?: string;
}

/** Remove a group; its members stay. */
export interface RemoveGroup {
  op: "remove_group";
  name: string;
}

/** Remove a node with the wires at both its ends, its place and its membership. */
export interface RemoveNode {
  op: "remove_node";
  id: string;
}

/** Remove a note from the canvas. */
export interface RemoveNote {
  op: "remove_note";
  name: string;
}

/** Remove a subflow that no node uses. */
export interface RemoveSubflow {
  op: "remove_subflow";
  name: string;
}

/** Remove the wire from a port to `to`. */
export interface RemoveWire {
  op: "remove_wire";
  node: string;
  to: string;
  port?: string;
  first?: string;
}

/** Give a node another id in the same flow or subflow; wires, layout and groups follow. */
export interface RenameNode {
  op: "rename_node";
  id: string;
  to: string;
}

/** Give a subflow another name; the nodes that use it follow. */
export interface RenameSubflow {
  op: "rename_subflow";
  name: string;
  to: string;
}

/** How far it has come: of `total` messages `done` were given to their nodes, which have finished with them; `skipped` were cut, or there is no such node now. */
export interface Reprocessed {
  flow: string;
  node: string;
  who: string;
  total: number;
  done: number;
  skipped: number;
  running: boolean;
}

/** One restore. `rows` are in the file, `added` were new in the table. */
export interface RestoreJob {
  name: string;
  table: string;
  state: "done" | "failed" | "running";
  rows: number;
  added: number;
  problem: string;
}

/** A file of the ledger, and the table that gets its rows. */
export interface RestoreOrder {
  name: string;
  table?: string;
}

/** One deploy. `number` counts per flow from 1; `revision` is the hash of the file. `text` is None when it was not asked for, and where the flow was removed. */
export interface Revision {
  flow: string;
  number: number;
  revision: string;
  when: string;
  who: string;
  note: string;
  text: string | null;
  removed: boolean;
}

/** One deploy with its text, which is null where the flow was removed. */
export interface RevisionView {
  number: number;
  revision: string;
  who: string;
  when: string;
  note: string;
  removed: boolean;
  text: string | null;
  flow: FlowModel | null;
  report: Record<string, Json>;
}

/** Which part of the list. */
export interface RevisionsQuery {
  before?: number | null;
  limit?: number;
}

/** A webhook. Its address and its signing secret are among the secrets. */
export interface Robot {
  kind: "robot";
  type: "custom" | "dingtalk" | "feishu" | "wecom";
  template: string;
  language: "en" | "zh";
  time_zone: string;
}

/** A draft to play the tests into; left out, the file as it is. */
export interface RunTests {
  text?: string;
}

/** A message that left a port, or reached a captured node; `at` in seconds from the start of the case. */
export interface RunnerSent {
  at: number;
  topic: string;
  payload: Json;
  props: Record<string, Json>;
}

/** Messages for a node: payloads, or objects {payload, topic, at (seconds after the start), …}. `until_s` moves the clock on; `site` is what the packs' services hold (`devices: {…}`), as in a flow's tests. */
export interface Samples {
  with?: Record<string, Json>;
  given?: Json[];
  until_s?: number;
  site?: Record<string, Json>;
}

/** A case to add, or to put in place of the one of its name. `base` is the revision of the test file, "" for none yet. */
export interface SaveCase {
  base: string;
  case: Record<string, Json>;
}

/** All that is told about a secret. `readable` is false when it was encrypted with another key: set it again. */
export interface SecretInfo {
  name: string;
  changed_at: string;
  changed_by: string;
  readable: boolean;
}

/** What is to be kept. */
export interface SecretValue {
  value: string;
}

/** Change the flow itself; `on_error` "" removes it. */
export interface SetFlow {
  op: "set_flow";
  flow?: string;
  title?: string | Record<string, string>;
  help?: string | Record<string, string>;
  on_error?: string;
  disabled?: boolean;
}

/** Add or change a group (`SUBFLOW/NAME` inside a subflow). `members` are ids beside it. */
export interface SetGroup {
  op: "set_group";
  name: string;
  title?: string | Record<string, string>;
  colour?: string;
  members?: string[];
}

/** Put nodes, by address, at [x, y]; null takes a node's place away. Touches nothing but `layout`. */
export interface SetLayout {
  op: "set_layout";
  positions: Record<string, [number, number] | null>;
}

/** Add or change a note on the canvas. */
export interface SetNote {
  op: "set_note";
  name: string;
  text?: string;
  at?: [number, number];
  size?: [number, number] | null;
}

/** Add a subflow, or make it say `definition`, which has the keys of a subflow in a flow file. */
export interface SetSubflow {
  op: "set_subflow";
  name: string;
  definition: Record<string, Json>;
}

/** Who wants to come in. */
export interface SignIn {
  user: string;
  password: string;
}

/** Aliyun SMS. `parameters` fills the variables of the approved template; `phones` are parted by semicolons. `endpoint` is another region's, or a gateway of one's own. */
export interface Sms {
  kind: "sms";
  provider: "aliyun";
  access_key_id: string;
  sign_name: string;
  template_code: string;
  phones: string;
  parameters: Record<string, string>;
  endpoint: string;
  language: "en" | "zh";
  time_zone: string;
}

/** An alarm that has been active for more than a day. */
export interface StaleAlarm {
  sn: string;
  type: string;
  since: number;
}

/** One alarm with everything that happened, in order of time. `first` is what raised it: raw value, k, b, limit, deadband, delay. */
export interface Story {
  alarm: AlarmRecord;
  first: Record<string, Json>;
  events: RecordedEvent[];
  notifications: AttemptRecord[];
}

/** The alarm of a device and type that was raised then. */
export interface StoryQuery {
  sn: string;
  type: string;
  raised_at: number;
}

/** A flow used as a node of `type: subflow/NAME`, whose `with` fills `fields`. */
export interface Subflow {
  name: string;
  nodes: Record<string, NodeSpec>;
  inputs: Record<string, Target[]>;
  outputs: Record<string, Target[]>;
  fields: Record<string, Record<string, Json>>;
  title: string | Record<string, string>;
  help: string | Record<string, string>;
  layout: Record<string, [number, number]>;
  groups: Record<string, Group>;
  notes: Record<string, Note>;
}

/** The far end of a wire: `node`, or `node.port` when that node has several inputs ("" is its only one). */
export interface Target {
  node: string;
  port: string;
  disabled: boolean;
}

/** The test file of a flow. `revision` is "" and `text` empty without one; `problem` is why it can't be read. */
export interface TestsView {
  text: string;
  revision: string;
  cases: Case[];
  site: Record<string, Json>;
  problem: string;
}

/** A text of the flow, and the number of the deploy to hold it against. */
export interface TextDiff {
  from: number;
  text: string;
}

/** Alarms that somebody has taken note of. */
export interface ToAcknowledge {
  alarms: WhichAlarm[];
}

/** A device whose gas alarms are recorded and nobody is notified until a time (Unix s), at most a week from now. */
export interface ToCalibrate {
  sn: string;
  reason: string;
  until: number;
}

/** A device whose alarms are out of service until somebody puts them back. */
export interface ToRemove {
  sn: string;
  reason: string;
}

/** An alarm that is recorded and nobody is notified until a time (Unix s), at most a week from now. */
export interface ToShelve {
  sn: string;
  type: string;
  reason: string;
  until: number;
}

/** A token for scripts; its text was shown once, when it was made. */
export interface Token {
  name: string;
  role: "admin" | "integrator" | "operator" | "viewer";
  created_at: string;
  created_by: string;
  ends_at: string | null;
  last_seen: string | null;
}

/** Which messages: of this key or topic; with `node` only traces that reach that node are listed under it. */
export interface Trace {
  node?: string;
  key?: string;
  topic?: string;
  count?: number;
}

/** Only traces that went through this node. */
export interface TraceQuery {
  node?: string;
}

/** One traced message. `seconds` is the sum over its hops. */
export interface TraceRow {
  id: string;
  at: number;
  hops: number;
  seconds: number;
  nodes: string[];
  failed: boolean;
}

/** The way of one message, in the order in which its nodes were done with it. */
export interface TraceView {
  id: string;
  hops: Hop[];
}

/** So many of the next messages are recorded, within so many seconds. */
export interface Tracing {
  count: number;
  within_s: number;
}

/** A message to give; what is left out is empty. */
export interface TracingGiven {
  payload?: Json;
  topic?: string;
  key?: string;
  props?: Record<string, Json>;
}

/** Parameters that are not saved, and a raw value (mV or Ω) at a temperature (°C). */
export interface Trial {
  fields: Record<string, Json>;
  v_raw: number;
  temp?: number;
}

/** `conc` as the flow would give it, null where it would give none; `raw` before it is held at 0. */
export interface TrialResult {
  conc: number | null;
  raw: number | null;
  problems: FieldProblem[];
}

/** A flow's text and one case to play into it. Without `site` the devices and such of the flow's own test file count. */
export interface Try {
  text: string;
  case: Case;
  site?: Record<string, Json> | null;
}

/** A person who can sign in. */
export interface User {
  name: string;
  role: "admin" | "integrator" | "operator" | "viewer";
  language: string;
  must_change: boolean;
  created_at: string;
  last_seen: string | null;
}

/** What is to be another; what is left out stays. */
export interface UserChange {
  role?: "admin" | "integrator" | "operator" | "viewer" | null;
  language?: "en" | "zh" | null;
  password?: string | null;
}

/** A variable of message templates. */
export interface Variable {
  name: string;
  zh: string;
  en: string;
}

/** All that a wall begins with, besides the open alarms (/api/alarms); what changes comes by live:readings, live:alarms, live:devices, live:plans and live:debugging. */
export interface Wall {
  now: number;
  plans: Plan[];
  devices: WallDevice[];
  debugging: DebugRun[];
}

/** What the wall shows of a device. */
export interface WallDevice {
  sn: string;
  name: string;
  gas: string;
  unit: string;
  location: string;
  a1: number | null;
  a1_direction: string;
  a2: number | null;
  a2_direction: string;
  range_high: number | null;
  plan_id: number | null;
  left_pct: number | null;
  top_pct: number | null;
  period_s: number;
  enabled: boolean;
}

/** One alarm. With `raised_at` only the alarm that was raised then is meant, not one that has come since (409). */
export interface WhichAlarm {
  sn: string;
  type: string;
  raised_at?: number | null;
}
