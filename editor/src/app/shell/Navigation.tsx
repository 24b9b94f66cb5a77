/** The rail at the left: pages, language, light, account. */
import { useState } from "react";
import { LicenceLight } from "../../admin/licence/LicenceLight";
import { setLanguage, useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { Menu } from "../../platform/kit/Menu";
import { setTheme, useTheme } from "../../platform/kit/theme";
import { toastError } from "../../platform/kit/toasts";
import { Link } from "../../platform/router/Link";
import { usePath } from "../../platform/router/location";
import { roleAllows, signOut, useSession } from "../../platform/session/session";
import { useSiteStatus } from "../../site/live/siteStatus";
import { ChangePassword } from "./ChangePassword";
import { pages } from "./pages";

export function Navigation() {
  const { t, language } = useWords();
  const path = usePath();
  const { session } = useSession();
  const { theme } = useTheme();
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const [changing, setChanging] = useState(false);
  const waiting = useSiteStatus(({ status }) => status?.unacknowledged ?? 0);
  const faults = useSiteStatus(({ status }) => status?.faults.length ?? 0);
  return (
    <nav className="rail" aria-label={t("shell.navigation")}>
      <Link className="rail-brand" href="/flows" aria-label="MCS-IoT"><img src="/icon.svg" alt="" width="28" height="28" /></Link>
      <ul>
        {pages.filter((page) => page.icon && roleAllows(session?.role, page.needs)).map((page) => (
          <li key={page.path}>
            <Link className="rail-link" href={page.path} aria-current={path.startsWith(page.path) ? "page" : undefined}>
              <Icon name={page.icon ?? "circle"} size={19} />
              <span>{t(page.title)}</span>
              {page.path === "/alarms" && waiting > 0 && <b className="rail-count" title={t("status.unacknowledged", { count: waiting })}>{waiting > 99 ? "99+" : waiting}</b>}
              {page.path === "/health" && faults > 0 && <b className="rail-count rail-faults" title={t("status.faults", { count: faults })}>{faults}</b>}
            </Link>
          </li>
        ))}
      </ul>
      <LicenceLight />
      <IconButton icon={theme === "dark" ? "sun" : "moon"} label={t(theme === "dark" ? "shell.light" : "shell.dark")} onClick={() => setTheme(theme === "dark" ? "light" : "dark")} />
      <IconButton icon="languages" label={language === "zh" ? "English" : "中文"} onClick={() => setLanguage(language === "zh" ? "en" : "zh")} />
      <IconButton icon="user" label={`${t("shell.account")}: ${session?.user ?? ""}`} aria-haspopup="menu"
        onClick={(event) => setMenu({ x: event.clientX || 56, y: event.clientY || innerHeight - 120 })} />
      {menu && (
        <Menu
          label={t("shell.account")}
          at={menu}
          onClose={() => setMenu(null)}
          items={[
            { label: t("session.change"), icon: "key", run: () => setChanging(true) },
            { label: t("session.leave"), icon: "log-out", run: () => void signOut().catch(toastError) },
          ]}
        />
      )}
      {changing && <ChangePassword onClose={() => setChanging(false)} />}
    </nav>
  );
}
