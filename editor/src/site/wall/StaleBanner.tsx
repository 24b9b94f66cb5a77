/** Says at once and loudly that the wall is not live, and how old what it shows is. */
import { socket } from "../../platform/api/socket";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { age } from "../live/format";
import type { Freshness } from "./freshness";

export function StaleBanner({ freshness }: { freshness: Freshness }) {
  const { t } = useWords();
  if (!freshness.frozen) return null;
  const old = (seconds: number) => {
    const [key, n] = age(seconds);
    return t(key, { n });
  };
  return (
    <div className="wall-banner" role="alert">
      <Icon name="triangle-alert" size={26} />
      <div>
        <strong>{freshness.linkLost ? t("wall.lost", { age: old(freshness.lostFor) }) : t("wall.quiet")}</strong>
        <span>{freshness.dataAge === null ? t("wall.nothing") : t("wall.old", { age: old(freshness.dataAge) })}</span>
      </div>
      {freshness.linkLost && <Button onClick={() => socket.retryNow()}>{t("shell.retry")}</Button>}
    </div>
  );
}
