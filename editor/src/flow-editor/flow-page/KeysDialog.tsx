/** All shortcuts at a glance, and what the mouse does on the canvas. */
import { Fragment } from "react";
import { useWords } from "../../platform/i18n";
import { Dialog } from "../../platform/kit/Dialog";
import type { Command } from "../commands/command";
import { formatKeys } from "../commands/keys";
import { useCommands } from "./allCommands";
import "./keys.css";

const groups: Command["group"][] = ["edit", "add", "arrange", "view", "flow", "go"];
const gestures = ["pan", "zoom", "lasso", "more", "wire", "click-wire", "splice", "drop-wire", "walk", "nudge", "open"];

export default function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const commands = useCommands().all;
  return (
    <Dialog title={t("command.keys")} onClose={onClose} wide>
      <div className="keys">
        {groups.map((group) => {
          const listed = commands.filter((command) => command.group === group && command.keys?.length);
          return listed.length > 0 && (
            <section key={group}>
              <h3>{t(`command.group.${group}`)}</h3>
              <dl>
                {listed.map((command) => (
                  <Fragment key={command.id}>
                    <dt>{t(command.label)}</dt>
                    <dd>{command.keys?.map((keys) => <kbd key={keys}>{formatKeys(keys)}</kbd>)}</dd>
                  </Fragment>
                ))}
              </dl>
            </section>
          );
        })}
        <section>
          <h3>{t("command.group.canvas")}</h3>
          <dl>
            {gestures.map((gesture) => (
              <Fragment key={gesture}>
                <dt>{t(`gesture.${gesture}`)}</dt>
                <dd className="keys-gesture">{t(`gesture.${gesture}.how`)}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
