/** Every command. An area adds its line here. */
import { arrangeCommands } from "../canvas/arrangeCommands";
import { canvasCommands } from "../canvas/commands";
import { partCommands } from "../canvas/partCommands";
import type { Command } from "../commands/command";
import { pageCommands } from "./commands";

export const commands: Command[] = [...canvasCommands, ...partCommands, ...arrangeCommands, ...pageCommands];

export function commandNamed(id: string): Command {
  const found = commands.find((command) => command.id === id);
  if (!found) throw new Error(`there is no command ${id}`);
  return found;
}
