/** SMS: provider, AccessKey, signature, template, numbers. */
import { useState } from "react";
import { useWords } from "../../platform/i18n";
import { Field, SelectField, TextField } from "../../platform/kit/Field";
import { CardFrame } from "./CardFrame";
import { SecretField } from "./SecretField";
import type { Card, SmsSettings } from "./types";
import { useCard } from "./useCard";

/** One per line: `name = {variable}`. */
const written = (parameters: Record<string, string>): string => Object.entries(parameters).map(([name, value]) => `${name} = ${value}`).join("\n");

export function read(text: string): Record<string, string> {
  const pairs = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line): [string, string] => {
    const at = line.indexOf("=");
    return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

export function SmsCard({ card, onSaved }: { card: Card<SmsSettings>; onSaved: (card: Card) => void }) {
  const { t } = useWords();
  const editing = useCard(card, onSaved);
  const { settings, set, secrets, setSecret, problem } = editing;
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <CardFrame card={card} editing={{ ...editing, undo: () => { setTyped(null); editing.undo(); } }}>
      <SelectField label={t("sms.provider")} value={settings.provider} onChange={() => undefined} choices={[{ value: "aliyun", label: t("sms.provider.aliyun") }]} />
      <TextField label="AccessKey ID" value={settings.access_key_id} problem={problem("access_key_id")} onChange={(event) => set({ access_key_id: event.target.value.trim() })} />
      <SecretField label="AccessKey Secret" stored={card.secrets["access_key_secret"] ?? false} value={secrets["access_key_secret"]} onChange={(text) => setSecret("access_key_secret", text)} help={t("channels.secret.help")} problem={problem("access_key_secret")} />
      <div className="channel-pair channel-even">
        <TextField label={t("sms.sign")} placeholder="元芯传感" value={settings.sign_name} problem={problem("sign_name")} onChange={(event) => set({ sign_name: event.target.value })} />
        <TextField label={t("sms.template")} placeholder="SMS_12345678" value={settings.template_code} problem={problem("template_code")} onChange={(event) => set({ template_code: event.target.value.trim() })} />
      </div>
      <Field label={t("sms.phones")} help={t("sms.phones.help")} problem={problem("phones")}>
        {(ids) => <textarea className="input" rows={2} spellCheck={false} inputMode="tel" placeholder="13800138000; 13900139000" value={settings.phones} onChange={(event) => set({ phones: event.target.value })} {...ids} />}
      </Field>
      <Field label={t("sms.parameters")} help={t("sms.parameters.help")} problem={problem("parameters")}>
        {(ids) => <textarea className="input input-mono" rows={4} spellCheck={false} value={typed ?? written(settings.parameters)}
          onChange={(event) => { setTyped(event.target.value); set({ parameters: read(event.target.value) }); }} onBlur={() => setTyped(null)} {...ids} />}
      </Field>
      {(problem("endpoint") || settings.endpoint !== "https://dysmsapi.aliyuncs.com") && (
        <TextField label={t("sms.endpoint")} value={settings.endpoint} problem={problem("endpoint")} onChange={(event) => set({ endpoint: event.target.value.trim() })} />
      )}
    </CardFrame>
  );
}
