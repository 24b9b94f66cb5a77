/** Every command. An area adds its line here. */
import { arrangeCommands } from "../canvas/arrangeCommands";
import { canvasCommands } from "../canvas/commands";
import { partCommands } from "../canvas/partCommands";
import { pageCommands } from "./commands";
import type { Command } from "../commands/command";

export const commands: Command[] = [...canvasCommands, ...partCommands, ...arrangeCommands, ...pageCommands];

export function commandNamed(id: string): Command {
  const found = commands.find((command) => command.id === id);
  if (!found) throw new Error(`there is no command ${id}`);
  return found;
}
