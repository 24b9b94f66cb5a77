/** A command as an icon in a bar. Its owner draws it again when what it depends on changes. */
import { useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { type Command, disabledReason } from "./command";
import { formatKeys } from "./keys";

export function CommandButton({ command, pressed }: { command: Command; pressed?: boolean }) {
  const { t } = useWords();
  return (
    <IconButton icon={command.icon ?? "circle"} label={t(command.label)} keys={command.keys?.[0] && formatKeys(command.keys[0])}
      aria-pressed={pressed} disabledReason={disabledReason(command) || undefined} onClick={command.run} />
  );
}
