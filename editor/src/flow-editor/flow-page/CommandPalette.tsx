/** Every command by name: type a few letters, Enter runs. */
import { useMemo, useState } from "react";
import { useWords } from "../../platform/i18n";
import { Finder, type FinderRow } from "../../platform/kit/Finder";
import { Icon } from "../../platform/kit/Icon";
import { initials } from "../../platform/kit/pinyin";
import { type Command, disabledReason, runCommand } from "../commands/command";
import { formatKeys } from "../commands/keys";
import { useCommands } from "./allCommands";

export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const { all } = useCommands();
  const [typed, setTyped] = useState("");
  const found = useMemo(() => matching(all, typed, t), [all, typed, t]);
  return (
    <Finder label={t("command.palette")} placeholder={t("command.placeholder")} typed={typed} onType={setTyped} onClose={onClose}
      rows={found.map((command): FinderRow => {
        const reason = disabledReason(command);
        return {
          key: command.id,
          disabledReason: reason,
          run: () => {
            onClose();
            runCommand(command);
          },
          view: <>
            <Icon name={command.icon ?? "chevron-right"} />
            <span className="finder-name">{t(command.label)}</span>
            <span className="finder-aside">{reason || t(`command.group.${command.group}`)}</span>
            {command.keys?.[0] && <kbd>{formatKeys(command.keys[0])}</kbd>}
          </>,
        };
      })}
    />
  );
}

function matching(commands: readonly Command[], typed: string, t: (key: string) => string): Command[] {
  const wanted = typed.trim().toLowerCase();
  const points = (command: Command): number => {
    const label = t(command.label).toLowerCase();
    if (!wanted || label.startsWith(wanted)) return 3;
    if (label.includes(wanted) || command.id.includes(wanted)) return 2;
    return initials(label).includes(wanted) ? 1 : 0;
  };
  return commands
    .map((command) => ({ command, score: points(command) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || Number(disabledReason(one.command) !== "") - Number(disabledReason(other.command) !== ""))
    .map(({ command }) => command);
}
