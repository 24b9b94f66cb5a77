/** E-mail: server, port, account, password, recipients. */
import { useWords } from "../../platform/i18n";
import { Field, SelectField, TextField } from "../../platform/kit/Field";
import { CardFrame } from "./CardFrame";
import { SecretField } from "./SecretField";
import type { Card, EmailSettings } from "./types";
import { useCard } from "./useCard";

export function EmailCard({ card, onSaved }: { card: Card<EmailSettings>; onSaved: (card: Card) => void }) {
  const { t } = useWords();
  const editing = useCard(card, onSaved);
  const { settings, set, secrets, setSecret, problem } = editing;
  return (
    <CardFrame card={card} editing={editing}>
      <div className="channel-pair">
        <TextField label={t("email.server")} placeholder="smtp.aliyun.com" value={settings.server} problem={problem("server")} onChange={(event) => set({ server: event.target.value.trim() })} />
        <TextField label={t("email.port")} type="number" min={1} max={65535} value={settings.port || ""} problem={problem("port")} onChange={(event) => set({ port: Number(event.target.value) })}
          help={t(settings.port === 465 ? "email.port.tls" : "email.port.starttls")} />
      </div>
      <TextField label={t("email.account")} placeholder="alarm@example.com" value={settings.account} problem={problem("account")} onChange={(event) => set({ account: event.target.value.trim() })} />
      <SecretField label={t("email.password")} stored={card.secrets["password"] ?? false} value={secrets["password"]} onChange={(text) => setSecret("password", text)} help={t("channels.secret.help")} problem={problem("password")} />
      <Field label={t("email.recipients")} help={t("email.recipients.help")} problem={problem("recipients")}>
        {(ids) => <textarea className="input" rows={2} spellCheck={false} placeholder="a@example.com; b@example.com" value={settings.recipients} onChange={(event) => set({ recipients: event.target.value })} {...ids} />}
      </Field>
      <details className="channel-more" open={problem("sender") !== undefined || problem("security") !== undefined || undefined}>
        <summary>{t("email.more")}</summary>
        <div className="channel-fields">
          <SelectField label={t("email.security")} value={settings.security} problem={problem("security")} onChange={(event) => set({ security: event.target.value as EmailSettings["security"] })}
            choices={(["auto", "tls", "starttls", "none"] as const).map((value) => ({ value, label: t(`email.security.${value}`) }))} />
          <TextField label={t("email.sender")} value={settings.sender} placeholder={settings.account} problem={problem("sender")} onChange={(event) => set({ sender: event.target.value.trim() })} />
        </div>
      </details>
    </CardFrame>
  );
}
