/** A text of the site in both languages; one step of the history when the field is left. */
import { useEffect, useState } from "react";
import { useWords } from "../../platform/i18n";
import type { LocalizedText } from "../../platform/i18n/words";
import { Field } from "../../platform/kit/Field";
import { useAllowed } from "../../platform/session/session";

const LANGUAGES = ["zh", "en"] as const;

export function LocalizedTextField({ label, words, long, onCommit }: { label: string; words: LocalizedText; long?: boolean; onCommit: (words: LocalizedText) => void }) {
  const { t } = useWords();
  const may = useAllowed("admin");
  const parts = partsOf(words);
  const [typed, setTyped] = useState(parts);
  useEffect(() => setTyped(partsOf(words)), [words]);
  const commit = (): void => {
    if (typed.zh !== parts.zh || typed.en !== parts.en) onCommit(together(typed, words));
  };
  const Input = long ? "textarea" : "input";
  return (
    <>
      {LANGUAGES.map((language) => (
        <Field key={language} label={`${label} · ${t(`language.${language}`)}`}>
          {(ids) => (
            <Input className="input" {...ids} value={typed[language]} readOnly={!may} spellCheck={false} lang={language === "zh" ? "zh-CN" : "en"}
              onChange={(event) => setTyped({ ...typed, [language]: event.target.value })} onBlur={commit}
              onKeyDown={(event: React.KeyboardEvent) => event.key === "Enter" && !long && commit()} />
          )}
        </Field>
      ))}
    </>
  );
}

const partsOf = (words: LocalizedText): { zh: string; en: string } => (typeof words === "string" ? { zh: words, en: "" } : { zh: words.zh ?? "", en: words.en ?? "" });

/** One language alone stays a plain text if it was one. */
function together(typed: { zh: string; en: string }, was: LocalizedText): LocalizedText {
  if (!typed.en && (typeof was === "string" || !typed.zh)) return typed.zh;
  return { ...(typed.zh && { zh: typed.zh }), ...(typed.en && { en: typed.en }) };
}
