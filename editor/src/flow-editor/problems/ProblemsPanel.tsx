/** What is wrong with the draft: flow › node › field: reason. A click goes to the field. */
import { nodesByAddress } from "../../model/flow/sheet";
import type { Problem } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { StateMark } from "../../platform/kit/State";
import { useCanvasController } from "../canvas/CanvasController";
import { focusField } from "../canvas/fieldFocus";
import { useDocument } from "../editing/context";
import { fieldPath } from "../editing/fieldPath";
import { modelIn } from "../editing/FlowDocument";
import { bySeverity } from "./severity";
import "./problems.css";

export default function ProblemsPanel() {
  const canvas = useCanvasController();
  const { doc } = canvas;
  const { t, localize } = useWords();
  const problems = useDocument((state) => state.problems);
  const checking = useDocument((state) => state.checking);
  const model = useDocument(modelIn);
  const { name } = doc;
  const catalogue = useDocument((state) => state.catalogue);
  if (problems.length === 0) {
    return <p className="problems-none" role="status"><StateMark level={checking ? "off" : "ok"} /> {t(checking ? "problems.checking" : "problems.none")}</p>;
  }
  const nodes = nodesByAddress(model);
  const place = (problem: Problem): string[] => {
    const node = nodes.get(problem.node);
    return [localize(model.title) || name, localize(node?.title) || problem.node, problem.field && fieldPath(problem.field, node && catalogue.get(node.type))].filter(Boolean);
  };
  return (
    <ul className="problems" aria-label={t("problems.title")}>
      {bySeverity(problems).map((problem, index) => (
        <li key={index}>
          <button type="button" className="problem" onClick={() => focusField(canvas, problem.node, problem.field)}>
            <StateMark level={problem.severity} />
            <span className="only-spoken">{t(`problems.${problem.severity}`)}</span>
            <span className="problem-place">{place(problem).join(" › ")}</span>
            <span className="problem-text">{problem.message}{problem.hint && <span className="problem-hint"> — {problem.hint}</span>}</span>
            {problem.line > 0 && <span className="problem-line number">{t("problems.line", { line: problem.line })}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}
