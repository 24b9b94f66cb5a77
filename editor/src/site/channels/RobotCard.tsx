/** Robot: type, webhook address, secret, message template. */
import { useRef } from "react";
import { useWords } from "../../platform/i18n";
import { Field, SelectField } from "../../platform/kit/Field";
import { CardFrame } from "./CardFrame";
import { preview } from "./preview";
import { SecretField } from "./SecretField";
import type { Card, RobotSettings, Variable } from "./types";
import { useCard } from "./useCard";

export function RobotCard({ card, variables, onSaved }: { card: Card<RobotSettings>; variables: Variable[]; onSaved: (card: Card) => void }) {
  const { t, language } = useWords();
  const editing = useCard(card, onSaved);
  const { settings, set, secrets, setSecret, problem } = editing;
  const template = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string) => {
    const area = template.current;
    const [from, to] = area ? [area.selectionStart, area.selectionEnd] : [settings.template.length, settings.template.length];
    set({ template: `${settings.template.slice(0, from)}{${name}}${settings.template.slice(to)}` });
    area?.focus();
  };
  return (
    <CardFrame card={card} editing={editing}>
      <SelectField label={t("robot.type")} value={settings.type} onChange={(event) => set({ type: event.target.value as RobotSettings["type"] })}
        choices={(["dingtalk", "feishu", "wecom", "custom"] as const).map((value) => ({ value, label: t(`robot.type.${value}`) }))} />
      <SecretField label={t("robot.url")} stored={card.secrets["url"] ?? false} about={card.host} value={secrets["url"]} onChange={(text) => setSecret("url", text)} help={t("robot.url.help")} problem={problem("url")} removable={false} />
      <SecretField label={t("robot.secret")} stored={card.secrets["secret"] ?? false} value={secrets["secret"]} onChange={(text) => setSecret("secret", text)} help={t(`robot.secret.${settings.type}`)} problem={problem("secret")} />
      <Field label={t("robot.template")} problem={problem("template")} help={<span className="template-preview">{t("robot.preview")} {preview(settings.template)}</span>}>
        {(ids) => <textarea ref={template} className="input" rows={3} maxLength={2000} spellCheck={false} value={settings.template} onChange={(event) => set({ template: event.target.value })} {...ids} />}
      </Field>
      <div className="template-variables" role="group" aria-label={t("robot.variables")}>
        {variables.map(({ name, zh, en }) => <button key={name} type="button" className="badge" title={language === "zh" ? zh : en} onClick={() => insert(name)}>{`{${name}}`}</button>)}
      </div>
    </CardFrame>
  );
}
