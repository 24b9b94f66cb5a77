/** The panel of the selected node: what it is called, how it is set, its help and examples. The canvas stays live beside it. */
import { useMemo, useState } from "react";
import { addressOf } from "../../model/flow/sheet";
import { type FlowModel, SUBFLOW_PREFIX } from "../../model/flow/types";
import type { Schema } from "../../model/schema/schema";
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { Markdown } from "../../platform/kit/Markdown";
import { useDocument, useFlowDocument } from "../editing/context";
import { modelIn, sheetIn } from "../editing/FlowDocument";
import { inOneLine } from "../problems/inOneLine";
import { PropertiesForm } from "../properties/PropertiesForm";
import { Examples } from "./Examples";
import { NodeForm } from "./NodeForm";
import { NodeHead } from "./NodeHead";
import "./inspector.css";

export default function Inspector() {
  const doc = useFlowDocument();
  const { t } = useWords();
  const selected = useDocument((state) => state.selected);
  const sheet = useDocument(sheetIn);
  const ids = doc.selectedNodes();
  const node = ids.length === 1 ? sheet.nodes[ids[0] ?? ""] : undefined;
  if (!node && selected.size > 1) {
    return <div className="empty"><Icon name="sliders-horizontal" size={26} /><p>{t("inspector.several", { count: selected.size })}</p></div>;
  }
  if (!node) return <PropertiesForm />;
  return <OfNode key={node.id} id={node.id} />;
}

function OfNode({ id }: { id: string }) {
  const { t, localize, language } = useWords();
  const scope = useDocument((state) => state.scope);
  const sheet = useDocument(sheetIn);
  const model = useDocument(modelIn);
  const catalogue = useDocument((state) => state.catalogue);
  const all = useDocument((state) => state.problems);
  const [helpOpen, setHelpOpen] = useState(() => localStorage.getItem("mcs.help") !== "closed");
  const node = sheet.nodes[id];
  const address = addressOf(scope, id);
  const problems = useMemo(() => all.filter((problem) => problem.node === address), [all, address]);
  if (!node) return null;
  const type = catalogue.get(node.type);
  const subflow = node.type.startsWith(SUBFLOW_PREFIX) ? model.subflows[node.type.slice(SUBFLOW_PREFIX.length)] : undefined;
  const schema = subflow ? schemaOfSubflow(subflow) : type && !type.broken ? type.schema : {};
  const help = subflow ? localize(subflow.help) : type ? (typeof type.help === "string" ? type.help : type.help[language] || type.help.en || "") : "";
  const keepHelp = (open: boolean): void => {
    setHelpOpen(open);
    localStorage.setItem("mcs.help", open ? "open" : "closed");
  };
  return (
    <div className="inspector-box"><div className="inspector">
      <div className="inspector-form">
        <header className="inspector-head">
          <span className="inspector-icon"><Icon name={subflow ? "layers" : type?.icon ?? "circle-alert"} size={18} /></span>
          <div>
            <h2>{subflow ? localize(subflow.title) || subflow.name : localize(type?.title) || node.type}</h2>
            <code>{node.type}</code>
          </div>
        </header>
        {type?.broken && <Broken words="inspector.broken" problem={type.broken.problem} traceback={type.broken.traceback ?? ""} />}
        {type?.held_back && <Broken words="inspector.held_back" problem={type.held_back.problem} traceback={type.held_back.traceback ?? ""} />}
        {type?.remark && <p className="notice notice-warning"><Icon name="triangle-alert" />{t(`inspector.remark.${type.remark.code}`, { detail: type.remark.detail })}</p>}
        {!type && !subflow && <p className="notice notice-error" role="alert"><Icon name="triangle-alert" />{t("inspector.unknown", { type: node.type })}</p>}
        {problems.filter((problem) => problem.field === "" || problem.field === "type").map((problem, index) => (
          <p key={index} className={`notice notice-${problem.severity}`}><Icon name={problem.severity === "error" ? "circle-alert" : "triangle-alert"} />{inOneLine(problem)}</p>
        ))}
        <NodeHead node={node} address={address} problems={problems} />
        <hr className="inspector-line" />
        <NodeForm node={node} address={address} sheet={sheet} schema={schema} problems={problems} />
      </div>
      {(help || type?.examples?.length) && (
        <details className="inspector-help" open={helpOpen} onToggle={(event) => keepHelp(event.currentTarget.open)}>
          <summary><Icon name="info" size={15} />{t("inspector.help")}</summary>
          <Markdown text={help} />
          {type && !type.broken && <Examples type={type} address={address} />}
        </details>
      )}
    </div></div>
  );
}

function Broken({ words, problem, traceback }: { words: "inspector.broken" | "inspector.held_back"; problem: string; traceback: string }) {
  const { t } = useWords();
  return (
    <div className="notice notice-error notice-tall" role="alert">
      <p><Icon name="triangle-alert" />{t(words)}</p>
      <code>{problem}</code>
      {traceback && <pre tabIndex={0} aria-label={t("inspector.traceback")}>{traceback}</pre>}
    </div>
  );
}

/** The fields of a subflow as the schema of the nodes that use it. */
function schemaOfSubflow(subflow: FlowModel["subflows"][string]): Schema {
  const properties = subflow.fields as unknown as Record<string, Schema>;
  return { type: "object", properties, required: Object.entries(properties).filter(([, field]) => field.default === undefined).map(([name]) => name), additionalProperties: false };
}
