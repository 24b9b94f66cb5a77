/** What the vendor said to a test, word for word, and what to do about it. */
import { useWords } from "../../platform/i18n";
import { State } from "../../platform/kit/State";
import type { TestAnswer } from "./types";

const levels = { sent: "ok", again: "warning", refused: "error" } as const;

export function TestResult({ answer }: { answer: TestAnswer }) {
  const { t } = useWords();
  return (
    <div className={`channel-answer channel-answer-${answer.result}`} role="status">
      <State level={levels[answer.result]} text={t(`channels.test.${answer.result}`)} />
      <span className="muted number"> {answer.seconds.toFixed(1)} s</span>
      {answer.hint && <p>{t(`channels.hint.${answer.hint}`)}</p>}
      <p className="muted">{t("channels.answer")}</p>
      <code className="answer">{answer.answer || "—"}</code>
    </div>
  );
}
