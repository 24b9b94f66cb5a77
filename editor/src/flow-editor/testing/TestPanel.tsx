/** A node or branch tried on a sample, with nothing acted on outside; what came can be kept as a test beside the flow. */
import { useEffect, useState } from "react";
import { addressOfRunning } from "../../model/flow/runtimeIds";
import { nodesByAddress } from "../../model/flow/sheet";
import { api, segment } from "../../platform/api/client";
import type { Json } from "../../platform/api/json";
import { ApiError } from "../../platform/api/problem";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { Field, SelectField, TextField } from "../../platform/kit/Field";
import { Icon } from "../../platform/kit/Icon";
import { StateMark } from "../../platform/kit/State";
import { toast, toastError } from "../../platform/kit/toasts";
import { oneLine } from "../../platform/kit/values";
import { ValueTree } from "../../platform/kit/ValueTree";
import { useDocument, useFlowDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { incomingWire } from "../editing/upstream";
import type { Expected, Sent } from "./draftCase";
import { formatPayload, parsePayload } from "./payload";
import { useTestBench, useTestState } from "./TestBench";
import "./testing.css";
import "../inspector/inspector.css";

export default function TestPanel() {
  const { t } = useWords();
  const { name: flow } = useFlowDocument();
  const bench = useTestBench();
  const { tests, results, draft } = useTestState();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    bench.load().catch(toastError);
    if (!bench.state.draft.given[0]?.node) bench.newCase();
  }, [bench]);
  const runAll = async (): Promise<void> => {
    setBusy(true);
    await bench.run().catch(toastError);
    setBusy(false);
  };
  const red = [...results.values()].filter((one) => !one.passed).length;
  return (
    <div className="data-panel">
      <div className="debug-bar">
        <Button icon="play" needs="admin" disabledReason={busy ? t("kit.loading") : !tests?.cases.length && t("test.no-cases")} onClick={() => void runAll()}>{t("test.run-all")}</Button>
        {results.size > 0 && <span className={red ? "badge badge-error" : "badge badge-ok"} role="status">{red ? t("test.red", { count: red, all: results.size }) : t("test.green", { count: results.size })}</span>}
        <Button kind="quiet" icon="plus" needs="admin" onClick={() => bench.newCase()}>{t("test.new")}</Button>
        <code className="debug-count">{flow}_test.yaml</code>
      </div>
      {tests?.problem && <p className="notice notice-error">{tests.problem}</p>}
      <div className="debug-split">
        <ul className="trace-list test-list" aria-label={t("test.cases")}>
          {tests && tests.cases.length === 0 && <li className="data-panel-none">{t("test.none")}</li>}
          {tests?.cases.map((one) => {
            const result = results.get(one.name);
            return (
              <li key={one.name}>
                <button type="button" className="trace-row" aria-pressed={draft.name === one.name} title={result?.differences.join("\n")} onClick={() => bench.openCase({ ...one })}>
                  <StateMark level={!result ? "off" : result.passed ? "ok" : "error"} />
                  <span>{one.name}</span>
                  {result && <span className="only-spoken">{t(result.passed ? "test.passed" : "test.failed")}</span>}
                </button>
              </li>
            );
          })}
        </ul>
        <div className="trace-main"><CaseForm key={`${flow} ${draft.name} ${draft.given[0]?.node}`} /></div>
      </div>
    </div>
  );
}

/** Why a message went the way of errors. */
function reasonIn(props: Record<string, Json>): string {
  const error = props["error"];
  return typeof error === "object" && error !== null && !Array.isArray(error) ? String(error["reason"] ?? "") : "";
}

function CaseForm() {
  const { t, localize } = useWords();
  const { name: flow } = useFlowDocument();
  const model = useDocument(modelIn);
  const bench = useTestBench();
  const { draft, tried, tests, results } = useTestState();
  const [name, setName] = useState(draft.name);
  const first = draft.given[0] ?? { node: "" };
  const [payload, setPayload] = useState(formatPayload(first.payload));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const titles = nodesByAddress(model);
  const titleOf = (id: string): string => localize(titles.get(addressOfRunning(model, id))?.title) || id;
  const stored = tests?.cases.some((one) => one.name === draft.name) ?? false;
  const current = () => ({ ...draft, name: name.trim(), given: draft.given.map((one, index) => (index === 0 ? { ...one, payload: parsePayload(payload) } : one)) });
  const attempt = async (what: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem("");
    try {
      await what();
    } catch (error) {
      setProblem(error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join(" — ") : String(error));
    }
    setBusy(false);
  };
  const change = (given: Partial<typeof first>): void => {
    const here = current();
    bench.setCase({ ...here, given: [{ ...first, ...here.given[0], ...given }, ...here.given.slice(1)] });
  };
  const takeLast = (): Promise<void> => attempt(async () => {
    const wire = incomingWire(model, first.node) ?? { node: first.node, port: "" };
    const seen = await api.get<{ payload: Json; topic: string; key: string; props: Record<string, Json> }>(`/flows/${segment(flow)}/last?node=${encodeURIComponent(wire.node)}&port=${encodeURIComponent(wire.port)}`);
    setPayload(formatPayload(seen.payload));
    const props = Object.fromEntries(Object.entries(seen.props).filter(([key]) => key !== "error"));
    bench.setCase({ ...draft, given: [{ node: first.node, payload: seen.payload, ...(seen.topic && { topic: seen.topic }), ...(seen.key && { key: seen.key }), ...(Object.keys(props).length && { props }) }, ...draft.given.slice(1)] });
  });
  const expect = (place: string, sent: Sent[]): void => bench.setCase({ ...current(), expect: [...draft.expect.filter((one) => one.node !== place), ...sent.map((one): Expected => ({ node: place, ...(one.at > 0 && { at: one.at }), payload: one.payload }))] });
  const failed = results.get(draft.name);
  return (
    <div className="test-form">
      <section>
        <SelectField label={t("test.node")} value={first.node} onChange={(event) => change({ node: event.target.value })}
          choices={[{ value: "", label: t("inspector.none") }, ...Object.values(model.nodes).map((node) => ({ value: node.id, label: localize(node.title) ? `${localize(node.title)} · ${node.id}` : node.id }))]} />
        <Field label={t("test.payload")} help={t("test.payload.help")} aside={<Button kind="quiet" icon="download" className="field-reset" needs="operator" disabledReason={!first.node && t("test.choose")} onClick={() => void takeLast()}>{t("test.last")}</Button>}>
          {(ids) => <textarea className="input input-mono" rows={Math.min(12, Math.max(3, payload.split("\n").length))} spellCheck={false} {...ids} value={payload} onChange={(event) => setPayload(event.target.value)} />}
        </Field>
        <div className="test-row">
          <TextField label={t("test.topic")} value={first.topic ?? ""} onChange={(event) => change({ topic: event.target.value })} />
          <TextField label={t("test.until")} unit="s" inputMode="decimal" value={draft.until ? String(draft.until) : ""} onChange={(event) => bench.setCase({ ...draft, until: Number(event.target.value) || 0 })} />
        </div>
        {draft.given.length > 1 && <p className="field-help">{t("test.more-given", { count: draft.given.length - 1 })}</p>}
        <div className="example-actions">
          <Button kind="primary" icon="play" needs="admin" disabledReason={busy ? t("kit.loading") : !first.node && t("test.choose")} onClick={() => void attempt(() => bench.try(current()))}>{t("test.try")}</Button>
        </div>
        {problem && <p className="field-problem" role="alert"><Icon name="circle-alert" size={13} />{problem}</p>}
        <TextField label={t("test.name")} value={name} onChange={(event) => setName(event.target.value)} placeholder={t("test.name.hint")} />
        {draft.expect.map((one, index) => (
          <div key={index} className="test-expected">
            <strong>{one.node}</strong><code>{one.count !== undefined ? t("test.times", { count: one.count }) : oneLine(one.payload, 90)}</code>
            <IconButton icon="x" label={t("test.expect.remove", { place: one.node })} onClick={() => bench.setCase({ ...current(), expect: draft.expect.toSpliced(index, 1) })} />
          </div>
        ))}
        <div className="example-actions">
          <Button icon="save" needs="admin" disabledReason={!name.trim() ? t("test.name.none") : draft.expect.length === 0 && !draft.never?.length && t("test.expect.none")}
            onClick={() => void attempt(async () => { const one = current(); await bench.save(one); bench.setCase(one); toast("ok", t("test.saved", { name: one.name })); })}>{t("test.save")}</Button>
          {stored && <Button kind="danger" icon="trash-2" needs="admin" onClick={() => void attempt(async () => { await bench.remove(draft.name); bench.newCase(""); })}>{t("kit.delete")}</Button>}
        </div>
      </section>
      <section aria-live="polite">
        {failed && !failed.passed && !tried && failed.differences.map((text, index) => <p key={index} className="field-problem"><Icon name="circle-alert" size={13} />{text}</p>)}
        {tried?.differences.map((text, index) => <p key={index} className="field-problem" role="alert"><Icon name="circle-alert" size={13} />{text}</p>)}
        {tried && tried.differences.length === 0 && <p className="notice notice-ok"><Icon name="check" />{t(draft.expect.length ? "test.as-expected" : "test.ran")}</p>}
        {tried && Object.entries(tried.sent).filter(([, sent]) => sent.length > 0).map(([place, sent]) => (
          <div key={place} className="test-place">
            <div>
              <strong>{titleOf(place.replace(/\.[^.]*$/, ""))}</strong><code>{place}</code>
              <Button kind="quiet" needs="admin" onClick={() => expect(place, sent)}>{t("test.expect")}</Button>
            </div>
            {sent.slice(0, 20).map((one, index) => <div key={index} className="test-sent">{one.at > 0 && <span className="number">{one.at} s</span>}<div className="test-value"><ValueTree value={one.payload} open={0} />{reasonIn(one.props) && <p className="field-problem">{reasonIn(one.props)}</p>}</div></div>)}
          </div>
        ))}
        {!tried && !failed && <p className="data-panel-none">{t("test.hint")}</p>}
      </section>
    </div>
  );
}
