/** What /api/channels says. Secrets never come back: only whether they are set. */
import type { CardView, Email, Robot, Sms, Variable } from "../../platform/api/generated";

export type { Attempt, AttemptRecord, CardAnswer as TestAnswer, Email as EmailSettings, Robot as RobotSettings, Sms as SmsSettings, Variable } from "../../platform/api/generated";

export type Kind = CardView["kind"];

export type Settings = Email | Robot | Sms;

export type Card<S extends Settings = Settings> = Omit<CardView, "settings"> & { settings: S };

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
