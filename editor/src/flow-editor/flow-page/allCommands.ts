/** Every command of the page. An area adds its line here. */
import { createContext } from "react";
import { useRequired } from "../../platform/kit/useRequired";
import { arrangeCommands } from "../canvas/arrangeCommands";
import type { CanvasController } from "../canvas/CanvasController";
import type { Clipboard } from "../canvas/Clipboard";
import { canvasCommands } from "../canvas/commands";
import { partCommands } from "../canvas/partCommands";
import type { Command } from "../commands/command";
import type { DraftCheck } from "../editing/DraftCheck";
import { pageCommands } from "./commands";

export class Commands {
  readonly all: readonly Command[];

  constructor(canvas: CanvasController, clipboard: Clipboard, check: DraftCheck) {
    this.all = [...canvasCommands(canvas), ...partCommands(canvas, clipboard, check), ...arrangeCommands(canvas), ...pageCommands(canvas.doc)];
  }

  named(id: string): Command {
    const found = this.all.find((command) => command.id === id);
    if (!found) throw new Error(`there is no command ${id}`);
    return found;
  }
}

export const CommandsContext = createContext<Commands | null>(null);
export const useCommands = (): Commands => useRequired(CommandsContext);
