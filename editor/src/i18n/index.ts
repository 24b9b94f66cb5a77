/** The language of the interface: zh-CN first, English beside it, switched without a reload. */
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language } from "../api/types";
import type { Words } from "../flow/types";
import { allWords } from "./all";

const STORED = "mcs.language";

function firstLanguage(): Language {
  return localStorage.getItem(STORED) === "en" ? "en" : "zh";
}

export function startLanguage(language: Language = firstLanguage()): void {
  const merged = { zh: {}, en: {} };
  for (const area of allWords) {
    Object.assign(merged.zh, area.zh);
    Object.assign(merged.en, area.en);
  }
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false },
    resources: { zh: { translation: merged.zh }, en: { translation: merged.en } },
  });
  tellDocument(language);
}

export function setLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  void i18next.changeLanguage(language);
  tellDocument(language);
}

function tellDocument(language: Language): void {
  if (typeof document !== "undefined") document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export const currentLanguage = (): Language => (i18next.language === "en" ? "en" : "zh");

/** The text of a key outside components. */
export const say = (key: string, values?: Record<string, string | number>): string => i18next.t(key, values ?? {});

/** `t` for a component, which is drawn again when the language changes. */
export function useWords(): { t: typeof say; language: Language; said: (words: Words | undefined) => string } {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "zh";
  return { t: (key, values) => t(key, values ?? {}), language, said: (words) => inLanguage(words, language) };
}

/** A text of the site in a language, else in the other one. */
export function inLanguage(words: Words | undefined, language: Language = currentLanguage()): string {
  if (words === undefined || typeof words === "string") return words ?? "";
  return words[language] || words.zh || words.en || "";
}
