/** A formula: completed from the names that messages on its wire have, and tried on the last of them as it is typed. */
import { autocompletion, closeBrackets, type CompletionContext, completionKeymap, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap } from "@codemirror/commands";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { abbreviated } from "../../../model/schema/form";
import { api, segment } from "../../../platform/api/client";
import { codeTheme } from "../../../platform/code/theme";
import { useWords } from "../../../platform/i18n";
import { Icon } from "../../../platform/kit/Icon";
import { dateTime } from "../../../platform/kit/time";
import { useDebounced } from "../../../platform/kit/timing";
import { allowed } from "../../../platform/session/session";
import { useFlowDocument } from "../../editing/context";
import type { ControlProps } from "./control";
import { useForm } from "./formContext";

interface Evaluated {
  result: number | boolean | string | null;
  problems: { message: string; column: number; hint: string }[];
  names: { name: string; value: unknown; of: string }[];
  functions: string[];
  at: number | null;
  topic: string;
}

const PAUSE_MS = 120;

export default function ExpressionControl({ schema, value, onChange, ids, label }: ControlProps) {
  const { t } = useWords();
  const { wire, parameters, readOnly } = useForm();
  const { name: flow } = useFlowDocument();
  const text = typeof value === "string" ? value : "";
  const asked = useDebounced(text, PAUSE_MS);
  const [evaluated, setEvaluated] = useState<Evaluated | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const change = useRef(onChange);
  const known = useRef<Pick<Evaluated, "names" | "functions">>({ names: [], functions: [] });
  change.current = onChange;

  useEffect(() => {
    const complete = (context: CompletionContext): CompletionResult | null => {
      const word = context.matchBefore(/[A-Za-z_]\w*/);
      if (!word && !context.explicit) return null;
      const values = known.current.names.map(({ name, value: held, of }) => ({ label: name, type: "variable", detail: `${abbreviated(held, 20)} · ${of}`, boost: of === "payload" ? 2 : 1 }));
      return { from: word?.from ?? context.pos, options: [...values, ...known.current.functions.map((name) => ({ label: name, type: "function", detail: "()", apply: `${name}(` }))] };
    };
    const made = new EditorView({
      parent: box.current as HTMLDivElement,
      state: EditorState.create({
        doc: text,
        extensions: [
          codeTheme(), closeBrackets(), EditorView.lineWrapping, placeholder(abbreviated(schema.default)), EditorState.readOnly.of(readOnly),
          autocompletion({ override: [complete], icons: false, interactionDelay: 0 }),
          keymap.of([...completionKeymap, ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter")]),
          EditorView.contentAttributes.of({ "aria-label": label, ...(ids["aria-describedby"] && { "aria-describedby": ids["aria-describedby"] }) }),
          EditorView.updateListener.of((update) => {
            // Undo belongs to the page's one stack, so the editor has no history of its own.
            if (update.docChanged && !update.transactions.some((one) => one.isUserEvent("outside"))) change.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // The editor is made once for each field; what changes later reaches it by the effects below.
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, userEvent: "outside" });
  }, [text]);

  useEffect(() => {
    if (!allowed("operator")) return;
    const stop = new AbortController();
    const ask = (at: { node?: string; port?: string }) => api.post<Evaluated>(`/flows/${segment(flow)}/evaluate`, { expression: asked, ...at, parameters, strings: schema["x-strings"] === true }, stop.signal);
    // A node that is only in the draft has no messages yet: then the text alone is checked.
    void ask(wire ?? {}).catch(() => ask({})).then(setEvaluated, () => undefined);
    return () => stop.abort();
  }, [asked, flow, wire?.node, wire?.port, parameters, schema]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !evaluated) return;
    known.current = evaluated;
    const length = editor.state.doc.length;
    editor.dispatch(setDiagnostics(editor.state, text === "" ? [] : evaluated.problems.filter(({ column }) => column > 0).map(({ message, column, hint }) => {
      const from = Math.min(length, column - 1);
      const word = /^\w+/.exec(editor.state.sliceDoc(from, length))?.[0].length ?? 1;
      return { from, to: Math.min(length, from + Math.max(1, word)), severity: "error" as const, message: hint ? `${message} — ${hint}` : message };
    })));
  }, [evaluated, text]);

  return (
    <div className="expression">
      <div ref={box} className="input expression-box" data-invalid={(text !== "" && evaluated?.problems.length) || undefined} />
      <Result text={text} evaluated={evaluated} t={t} />
    </div>
  );
}

function Result({ text, evaluated, t }: { text: string; evaluated: Evaluated | null; t: ReturnType<typeof useWords>["t"] }) {
  const problem = evaluated?.problems[0];
  if (!evaluated || text === "") return null;
  if (problem) return <p className="field-problem" role="status"><Icon name="circle-alert" size={13} />{problem.message}{problem.hint && ` — ${problem.hint}`}</p>;
  if (evaluated.at === null) return <p className="expression-result" role="status">{t("inspector.expression.waiting")}</p>;
  return (
    <p className="expression-result" role="status">
      <output>= {typeof evaluated.result === "number" ? Number(evaluated.result.toPrecision(10)) : String(evaluated.result)}</output>
      <span>{t("inspector.expression.on", { time: dateTime(evaluated.at).slice(11), topic: evaluated.topic || "—" })}</span>
    </p>
  );
}
