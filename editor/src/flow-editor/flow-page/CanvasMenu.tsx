/** The menu of a right click, or of the menu key: what can be done with what is selected. */
import { useWords } from "../../platform/i18n";
import { Menu, type MenuItem } from "../../platform/kit/Menu";
import { useCanvas, useCanvasController } from "../canvas/CanvasController";
import { disabledReason } from "../commands/command";
import { formatKeys } from "../commands/keys";
import { type MenuOf, menus } from "../commands/menus";
import { useCommands } from "./allCommands";

export function CanvasMenu() {
  const { t } = useWords();
  const at = useCanvas((state) => state.menu);
  const commands = useCommands();
  const canvas = useCanvasController();
  if (!at) return null;
  const { wire, selected } = canvas.doc.state;
  const what: MenuOf = wire ? "wire" : selected.size === 0 ? "canvas" : canvas.doc.selectedNodes().length ? "node" : "other";
  const special = commands.all.filter(({ menu }) => menu?.includes(what)).map(({ id }) => id);
  // What makes no sense here is left out; what would but for a role or a reason is shown with it.
  const makesSense = (id: string | null): boolean => id === null || commands.named(id).enabled?.() !== false;
  const ids = [...special, ...(special.length ? [null] : []), ...menus[what]].filter(makesSense).filter((id, index, all) => id !== null || (index > 0 && all[index - 1] !== null && index < all.length - 1));
  const items = ids.map((id): MenuItem | null => {
    const command = id && commands.named(id);
    return command ? {
      label: t(command.label), icon: command.icon, keys: command.keys?.[0] && formatKeys(command.keys[0]),
      disabledReason: disabledReason(command) || undefined, run: command.run,
    } : null;
  });
  return <Menu label={t("canvas.menu")} at={at} items={items} onClose={() => canvas.set({ menu: null })} />;
}
