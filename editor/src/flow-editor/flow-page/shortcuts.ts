/** Runs commands by their keys while the flow page is open. */
import { runCommand } from "../commands/command";
import { isSingleKey, matchesKeys } from "../commands/keys";
import { useLayout } from "../editing/panelLayout";
import type { Commands } from "./allCommands";

const TEXT = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true], .cm-editor";

export function installShortcuts(commands: Commands): () => void {
  const pressed = (event: KeyboardEvent): void => {
    const target = event.target instanceof Element ? event.target : document.body;
    // A dialog that is only just being loaded gets its keys too: typed ahead, they mean nothing to the canvas.
    if (useLayout.getState().dialog !== null || event.defaultPrevented || target.closest("dialog, [role=menu], [role=listbox]")) return;
    const typing = target.closest(TEXT) !== null;
    for (const command of commands.all) {
      const keys = command.keys?.find((candidate) => matchesKeys(event, candidate));
      if (!keys) continue;
      if (typing && (isSingleKey(keys) || belongsToText(keys))) return;
      // Bare letters only where the canvas is: elsewhere they would surprise those who speak or search by letters.
      if (isSingleKey(keys) && target !== document.body && !target.closest(".stage")) continue;
      if (!runCommand(command)) continue;
      event.preventDefault();
      return;
    }
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

/** What a text field does by itself with these keys goes before the canvas. */
const belongsToText = (keys: string): boolean => /^Mod\+(Shift\+)?[ACVXZY]$/.test(keys);
