/** The documented examples of a node type, each to be run here: a clock of its own, nothing outside is touched. */
import { useState } from "react";
import type { Example, NodeType } from "../../model/flow/server";
import { api, segment } from "../../platform/api/client";
import type { NodeTypesSent as Sent } from "../../platform/api/generated";
import type { Json } from "../../platform/api/json";
import { ApiError } from "../../platform/api/problem";
import { translate, useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { ValueTree } from "../../platform/kit/ValueTree";
import { useFlowDocument } from "../editing/context";

export function Examples({ type, address }: { type: NodeType; address: string | null }) {
  const { t, localize } = useWords();
  if (!type.examples?.length) return null;
  return (
    <section className="examples">
      <h3>{t("inspector.examples")}</h3>
      {type.examples.map((example, index) => <One key={`${type.type} ${index}`} type={type} example={example} title={localize(example.title)} address={address} />)}
    </section>
  );
}

function One({ type, example, title, address }: { type: NodeType; example: Example; title: string; address: string | null }) {
  const doc = useFlowDocument();
  const { t } = useWords();
  const [given, setGiven] = useState(() => JSON.stringify(example.given, null, 1));
  const [sent, setSent] = useState<Sent[] | null>(null);
  const [problem, setProblem] = useState("");
  const run = async () => {
    try {
      const samples = JSON.parse(given) as Json[];
      const until = Math.max(0, ...times(example.expect), ...times(samples));
      setSent(await api.post<Sent[]>(`/node-types/${segment(type.type)}/run`, { with: example.config, given: samples, until_s: until, site: example.site ?? {} }));
      setProblem("");
    } catch (error) {
      setSent(null);
      setProblem(error instanceof ApiError ? `${error.message}. ${error.hint}` : String(error));
    }
  };
  return (
    <details className="example">
      <summary>{title}</summary>
      <div className="example-part"><span className="example-label">with</span><ValueTree value={example.config} /></div>
      <label className="example-part">
        <span className="example-label">{t("inspector.examples.given")}</span>
        <textarea className="input input-mono" rows={Math.min(8, given.split("\n").length)} value={given} spellCheck={false} onChange={(event) => setGiven(event.target.value)} />
      </label>
      <div className="example-part"><span className="example-label">{t("inspector.examples.expect")}</span><ValueTree value={example.expect} /></div>
      <div className="example-actions">
        <Button icon="play" needs="admin" onClick={() => void run()}>{t("inspector.examples.run")}</Button>
        {address && <Button kind="quiet" needs="admin" onClick={() => doc.edit(translate("edit.example", { node: address }), [{ op: "change_node", id: address, with: example.config }])}>{t("inspector.examples.use")}</Button>}
      </div>
      {problem && <p className="field-problem" role="alert"><Icon name="circle-alert" size={13} />{problem}</p>}
      {sent && (
        <div className="example-part" role="status">
          <span className="example-label">{t("inspector.examples.sent", { count: sent.length })}</span>
          {sent.map((one, index) => (
            <div key={index} className="example-sent">
              <span className={one.port === "error" ? "badge badge-error" : "badge badge-accent"}>{one.port}</span>
              {one.at > 0 && <span className="number">{one.at} s</span>}
              {one.error ? <span>{one.error}</span> : <ValueTree value={one.payload} />}
            </div>
          ))}
        </div>
      )}
    </details>
  );
}

/** Every `at` of a list of messages, or of lists by port. */
function times(value: Json | undefined): number[] {
  if (Array.isArray(value)) return value.flatMap(times);
  if (typeof value !== "object" || value === null) return [];
  if (typeof value["at"] === "number") return [value["at"]];
  return Object.values(value).flatMap((part) => (Array.isArray(part) ? times(part) : []));
}
