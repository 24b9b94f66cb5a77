/** Says loudly that the link to the server is down, for how long, and that values may be stale. */
import { useEffect, useState } from "react";
import { onReconnect, socket, useConnection } from "../../platform/api/socket";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { useInterval } from "../../platform/kit/timing";
import { toast } from "../../platform/kit/toasts";

const PATIENCE_MS = 1200;

export function ConnectionBanner() {
  const { t } = useWords();
  const { lostAt } = useConnection();
  const [now, setNow] = useState(Date.now());
  useInterval(() => setNow(Date.now()), lostAt === null ? null : 1000);
  useEffect(() => onReconnect(() => toast("ok", t("shell.returned"))), []);
  // A blink shorter than this is not worth a shout.
  if (lostAt === null || now - lostAt < PATIENCE_MS) return null;
  return (
    <div className="connection-banner" role="alert">
      <Icon name="triangle-alert" />
      <span>{t("shell.lost", { seconds: Math.round((now - lostAt) / 1000) })}</span>
      <Button onClick={() => socket.retryNow()}>{t("shell.retry")}</Button>
    </div>
  );
}
