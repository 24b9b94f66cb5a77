/** What can be done, once: menus, buttons, shortcuts and the command palette all read these objects. */
import type { Role } from "../../platform/api/types";
import { translate } from "../../platform/i18n";
import { allowed } from "../../platform/session/session";
import type { MenuOf } from "./menus";

export interface Command {
  id: string;
  /** Key of its text; a command without keys of its own is found by this in the palette. */
  label: string;
  icon?: string;
  /** Shortcuts such as `Mod+Z`, the first of them shown. Mod is Ctrl, and ⌘ on a Mac. */
  keys?: string[];
  group: "edit" | "add" | "arrange" | "view" | "flow" | "go";
  needs?: Role;
  /** The menus of the canvas that it stands on top of, beside those that `menus.ts` lists. */
  menu?: MenuOf[];
  /** Whether it makes sense just now; a text says why not. */
  enabled?: () => boolean | string;
  run: () => void;
}

/** Why a command can't be run now, "" when it can. */
export function disabledReason(command: Command): string {
  if (!allowed(command.needs)) return translate("kit.needs", { role: translate(`role.${command.needs}`) });
  const enabled = command.enabled?.() ?? true;
  return typeof enabled === "string" ? enabled : enabled ? "" : translate("command.not-now");
}

/** Runs a command if it can be run; false when it can't. */
export function runCommand(command: Command): boolean {
  if (disabledReason(command)) return false;
  command.run();
  return true;
}
