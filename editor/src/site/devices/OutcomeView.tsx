/** What a change of many devices would do, before it is done: counts, differences, and what is wrong line by line. */
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { asText } from "./fields";
import { problemText } from "./problems";
import type { Outcome } from "./types";

const SHOWN = 100;

export const hasErrors = (outcome: Outcome): boolean => outcome.problems.length > 0 || outcome.planned.some(({ problems }) => problems.length > 0);

export function OutcomeView({ outcome, lines }: { outcome: Outcome; lines: boolean }) {
  const { t } = useWords();
  return (
    <div className="outcome">
      <p className="outcome-counts">
        <span className="badge badge-ok">{t("devices.added", { count: outcome.added })}</span>
        <span className="badge badge-info">{t("devices.changed", { count: outcome.changed })}</span>
        <span className="badge">{t("devices.unchanged", { count: outcome.unchanged })}</span>
        {hasErrors(outcome) && <span className="badge badge-error"><Icon name="circle-alert" size={13} />{t("devices.wrong")}</span>}
      </p>
      {lines && outcome.problems.length > 0 && (
        <ul className="outcome-problems" aria-label={t("devices.problems")}>
          {outcome.problems.slice(0, SHOWN).map((problem, at) => (
            <li key={at}><b>{t("devices.line", { line: problem.line })}</b> {problem.field && <code>{problem.field}</code>} {problemText(problem)}</li>
          ))}
        </ul>
      )}
      <div className="card card-scroll outcome-table" tabIndex={0} role="region" aria-label={t("devices.preview")}>
        <table className="table">
          <thead><tr><th scope="col">{t("device.sn")}</th><th scope="col">{t("devices.changes")}</th></tr></thead>
          <tbody>
            {outcome.planned.slice(0, SHOWN).map((plan) => (
              <tr key={plan.sn}>
                <td><code>{plan.sn}</code>{plan.new && <span className="badge badge-ok">{t("devices.new")}</span>}</td>
                <td>
                  {Object.entries(plan.changes).map(([field, [before, after]]) => (
                    <span key={field} className="outcome-change">{t(`device.${field}`)} {!plan.new && <><s>{asText(before) || "—"}</s> → </>}<b>{asText(after) || "—"}</b></span>
                  ))}
                  {plan.problems.map((problem) => <span key={problem.field + problem.code} className="field-problem"><Icon name="circle-alert" size={13} />{t(`device.${problem.field}`)}: {problemText(problem)}</span>)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {outcome.planned.length > SHOWN && <p className="outcome-more">{t("devices.more", { count: outcome.added + outcome.changed - SHOWN })}</p>}
        {outcome.planned.length === 0 && <p className="empty">{t("devices.nochange")}</p>}
      </div>
    </div>
  );
}
