/** The language of the interface: zh-CN first, English beside it, switched without a reload. */
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { AreaWords, Language, LocalizedText } from "./words";

const STORED = "mcs.language";

function firstLanguage(): Language {
  return localStorage.getItem(STORED) === "en" ? "en" : "zh";
}

function merged(areas: AreaWords[], language: Language): Record<string, string> {
  return Object.assign({}, ...areas.map((area) => area[language])) as Record<string, string>;
}

/** Begins with the words that the first page needs; others follow through `addWords`. */
export function startLanguage(areas: AreaWords[], language: Language = firstLanguage()): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false },
    resources: { zh: { translation: merged(areas, "zh") }, en: { translation: merged(areas, "en") } },
  });
  setDocumentLanguage(language);
}

export function addWords(areas: AreaWords[]): void {
  for (const language of ["zh", "en"] as const) i18next.addResourceBundle(language, "translation", merged(areas, language));
}

/** Titles that the server declares: {"action.user.add": {"zh": …, "en": …}}. */
export function addTitles(titles: Record<string, Record<Language, string>>): void {
  const inWords = (language: Language) => Object.fromEntries(Object.entries(titles).map(([code, title]) => [`title.${code}`, title[language]]));
  addWords([{ zh: inWords("zh"), en: inWords("en") }]);
}

export function setLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  // Before anybody hears of it: requests are sent in the language of the document.
  setDocumentLanguage(language);
  void i18next.changeLanguage(language);
}

/** Calls when the language has changed: what the server has said has to be asked for again. The answer ends it. */
export function onLanguageChange(call: () => void): () => void {
  i18next.on("languageChanged", call);
  return () => i18next.off("languageChanged", call);
}

function setDocumentLanguage(language: Language): void {
  if (typeof document !== "undefined") document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export const currentLanguage = (): Language => (i18next.language === "en" ? "en" : "zh");

/** The text of a key outside components. */
export const translate = (key: string, values?: Record<string, string | number>): string => i18next.t(key, values ?? {});

/** The text of a key, else another text: for codes that come from outside. */
export const translateOr = (key: string, fallback: string, values?: Record<string, string | number>): string => (i18next.exists(key) ? translate(key, values) : fallback);

/** What people read for a name of that kind, such as an action of the audit log; the name itself where nobody has declared a title. */
export const declaredTitle = (kind: string, name: string): string => translateOr(`title.${kind}.${name}`, name);

/** The types that pass a port, `Reading | bytes`, as people read them. */
export const payloadTitle = (payload: string): string => payload.split(" | ").map((name) => declaredTitle("payload", name)).join(" / ");

/** `t` for a component, which is drawn again when the language changes. */
export function useWords(): { t: typeof translate; language: Language; localize: (words: LocalizedText | undefined) => string } {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "zh";
  return { t: (key, values) => t(key, values ?? {}), language, localize: (words) => localized(words, language) };
}

/** A text of the site in a language, else in the other one. */
export function localized(words: LocalizedText | undefined, language: Language = currentLanguage()): string {
  if (words === undefined || typeof words === "string") return words ?? "";
  return words[language] || words.zh || words.en || "";
}
