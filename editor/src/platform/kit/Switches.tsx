/** The language and the light of the page. */
import { setLanguage, useWords } from "../i18n";
import { Button, IconButton } from "./Button";
import { setTheme, useTheme } from "./theme";

export function LanguageSwitch() {
  const { language } = useWords();
  const other = language === "zh" ? "en" : "zh";
  return (
    <Button kind="quiet" icon="languages" onClick={() => setLanguage(other)} lang={other === "zh" ? "zh-CN" : "en"}>
      {other === "zh" ? "中文" : "English"}
    </Button>
  );
}

export function ThemeSwitch() {
  const { t } = useWords();
  const { theme } = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return <IconButton icon={other === "dark" ? "moon" : "sun"} label={t(other === "dark" ? "shell.dark" : "shell.light")} onClick={() => setTheme(other)} />;
}
