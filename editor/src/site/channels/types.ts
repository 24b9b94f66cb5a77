/** What /api/channels says. Secrets never come back: only whether they are set. */
export type Kind = "email" | "robot" | "sms";

interface Common {
  language: "zh" | "en";
  time_zone: string;
}

export interface EmailSettings extends Common {
  kind: "email";
  server: string;
  port: number;
  security: "auto" | "tls" | "starttls" | "none";
  account: string;
  sender: string;
  recipients: string;
}

export interface RobotSettings extends Common {
  kind: "robot";
  type: "dingtalk" | "feishu" | "wecom" | "custom";
  template: string;
}

export interface SmsSettings extends Common {
  kind: "sms";
  provider: "aliyun";
  access_key_id: string;
  sign_name: string;
  template_code: string;
  phones: string;
  parameters: Record<string, string>;
  endpoint: string;
}

export type Settings = EmailSettings | RobotSettings | SmsSettings;

/** An attempt to notify people, with the vendor's answer; `count` is how many alarms the message is about. */
export interface Attempt {
  at: number;
  channel: string;
  attempt: number;
  result: "sent" | "again" | "refused";
  answer: string;
  hint: string;
  subject: string;
  count: number;
  test: boolean;
}

/** As it is stored. */
export interface AttemptRecord extends Attempt {
  id: number;
}

export interface Card<S extends Settings = Settings> {
  name: string;
  kind: Kind;
  enabled: boolean;
  settings: S;
  secrets: Record<string, boolean>;
  host: string;
  revision: number;
  changed_at: number | null;
  changed_by: string;
  last: Attempt | null;
}

export interface Variable {
  name: string;
  zh: string;
  en: string;
}

export interface CardList {
  cards: Card[];
  variables: Variable[];
}

export interface Fault {
  code: string;
  message: string;
  about: string;
  near: string;
}

export interface TestAnswer {
  result: Attempt["result"];
  answer: string;
  hint: string;
  subject: string;
  seconds: number;
}
