/** The file beside the canvas: what is typed here is drawn there, what is drawn there is written here. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { Preview } from "../../model/flow/server";
import { addressOf, nodesByAddress } from "../../model/flow/sheet";
import { api, segment } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import type { Problem } from "../../platform/api/types";
import { codeTheme } from "../../platform/code/theme";
import { currentLanguage, translate, useWords } from "../../platform/i18n";
import { IconButton } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { toastError } from "../../platform/kit/toasts";
import { allowed } from "../../platform/session/session";
import { type CanvasController, useCanvasController } from "../canvas/CanvasController";
import { revealNode } from "../canvas/revealNode";
import { useDocument, useDraftCheck } from "../editing/context";
import type { DraftCheck } from "../editing/DraftCheck";
import { draftIn, type FlowDocument } from "../editing/FlowDocument";
import { inOneLine } from "../problems/inOneLine";
import { completionsAt } from "./completion";
import { addressAt, changeBetween, type SourceRange, sourceRanges } from "./sourceRanges";
import "./yaml.css";

const PAUSE_MS = 180;
const OUTSIDE = "outside";

const showRange = StateEffect.define<SourceRange | null>();
const shownRange = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    let next = lines.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(showRange)) next = effect.value ? marked(transaction.state.doc, effect.value) : Decoration.none;
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
const here = Decoration.line({ class: "cm-node-here" });

function marked(doc: Text, place: SourceRange): DecorationSet {
  const lines = [];
  for (let line = place.from; line <= Math.min(place.to, doc.lines); line += 1) lines.push(here.range(doc.line(line).from));
  return Decoration.set(lines);
}

export default function YamlPanel() {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const unreadable = useDocument((state) => state.unreadable);
  const problems = useDocument((state) => state.problems);
  const canvas = useCanvasController();
  const check = useDraftCheck();
  const view = useRef<EditorView | null>(null);
  useEffect(() => {
    const [editor, end] = attached(box.current as HTMLDivElement, canvas, check);
    view.current = editor;
    return end;
  }, [canvas, check]);
  useEffect(() => {
    if (view.current) tellProblems(view.current, problems);
  }, [problems]);
  return (
    <div className="yaml">
      <div className="yaml-bar">
        {unreadable
          ? <span className="yaml-state yaml-bad" role="alert"><Icon name="triangle-alert" size={14} />{t("yaml.bad")}</span>
          : <span className="yaml-state"><Icon name="check" size={14} />{t("yaml.good")}</span>}
        <IconButton icon="search" label={t("yaml.search")} onClick={() => view.current && openSearchPanel(view.current)} />
        <IconButton icon="copy" label={t("yaml.copy")} onClick={() => void navigator.clipboard.writeText(view.current?.state.doc.toString() ?? "").catch(toastError)} />
      </div>
      <div ref={box} className="yaml-box" />
    </div>
  );
}

/** The editor, tied to the document both ways; the second part takes it away again. */
function attached(parent: HTMLElement, canvas: CanvasController, check: DraftCheck): [EditorView, () => void] {
  const { doc } = canvas;
  let visit = 0;
  let timer = 0;
  let running: AbortController | null = null;
  let followed = "";
  /** What is typed is ahead of the draft. */
  let ahead = false;
  const readOnly = !allowed("admin");
  let references: string[] = [];
  if (!readOnly) {
    api.get<Record<string, string[]>>("/references").then((known) => {
      references = Object.entries(known).flatMap(([kind, names]) => names.map((name) => `\${${kind}:${name}}`));
    }, () => undefined);
  }

  const read = async (text: string): Promise<void> => {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await api.post<Preview>(`/flows/${segment(doc.name)}/preview`, { text }, running.signal);
      if (answer.flow) {
        doc.set({ unreadable: false, problems: answer.problems });
        ahead = editor.state.doc.toString() !== text;
        doc.replaceText(translate("step.text"), answer.flow, text, `yaml:${visit}`);
      } else doc.set({ unreadable: true, problems: answer.problems });
    } catch (error) {
      if (!(error instanceof DOMException) && error instanceof ApiError) toastError(error);
    }
  };

  const editor = new EditorView({
    parent,
    state: EditorState.create({
      doc: textNow(doc),
      extensions: [
        codeTheme(), lineNumbers(), foldGutter(), highlightActiveLine(), highlightActiveLineGutter(), drawSelection(), bracketMatching(), closeBrackets(), indentOnInput(),
        indentUnit.of("  "), EditorState.tabSize.of(2), yaml(), lintGutter(), search({ top: true }), highlightSelectionMatches(), shownRange,
        EditorState.readOnly.of(readOnly), EditorView.contentAttributes.of({ "aria-label": translate("yaml.title"), tabindex: "0" }),
        autocompletion({
          icons: false,
          interactionDelay: 0,
          override: [(context) => {
            const found = completionsAt(context.state.doc.toString(), context.pos, doc.state.catalogue, currentLanguage(), references);
            if (!found || (found.from === context.pos && !context.explicit)) return null;
            return { from: found.from, options: found.offers.map(({ label, insert, detail, info }) => ({ label, ...(insert && { apply: insert }), ...(detail && { detail }), ...(info && { info }) })) };
          }],
        }),
        keymap.of([
          // The page has one stack of steps; the editor keeps none of its own.
          { key: "Mod-z", run: () => back() }, { key: "Mod-Shift-z", run: () => (doc.redo(), true) }, { key: "Mod-y", run: () => (doc.redo(), true) },
          ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"), indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.focusChanged && update.view.hasFocus) visit += 1;
          if (update.docChanged && !update.transactions.some((one) => one.isUserEvent(OUTSIDE))) {
            clearTimeout(timer);
            ahead = true;
            timer = window.setTimeout(() => void read(update.view.state.doc.toString()), PAUSE_MS);
          } else if (update.selectionSet && update.view.hasFocus) follow(update.view);
        }),
      ],
    }),
  });

  /** The cursor is in a node: it is selected on the canvas. */
  const follow = (at: EditorView): void => {
    const address = addressAt(sourceRanges(at.state.doc.toString()), at.state.doc.lineAt(at.state.selection.main.head).number);
    if (!address || address === followed || !nodesByAddress(doc.model).has(address)) return;
    followed = address;
    revealNode(canvas, address);
  };

  const reveal = (): void => {
    const { selected, scope } = doc.state;
    const first = selected.size === 1 ? [...selected][0] ?? "" : "";
    const address = first && !first.includes(":") ? addressOf(scope, first) : "";
    const place = address ? sourceRanges(editor.state.doc.toString()).get(address) ?? null : null;
    const effects: StateEffect<unknown>[] = [showRange.of(place)];
    if (place && !editor.hasFocus && address !== followed) effects.push(EditorView.scrollIntoView(editor.state.doc.line(Math.min(place.from, editor.state.doc.lines)).from, { y: "start", yMargin: 40 }));
    followed = address;
    editor.dispatch({ effects });
  };

  const take = (): void => {
    const text = textNow(doc);
    if (text === null) return;
    clearTimeout(timer);
    ahead = false;
    const change = changeBetween(editor.state.doc.toString(), text);
    if (change) editor.dispatch({ changes: change, userEvent: OUTSIDE });
    doc.set({ unreadable: false });
  };

  /** From a text that can't be read back to the last that could; from any other a step back. */
  const back = (): boolean => {
    const unread = doc.state.unreadable || ahead;
    running?.abort();
    ahead = false;
    if (unread) {
      take();
      void check.now();
    } else doc.undo();
    return true;
  };

  const stop = doc.store.subscribe((state, before) => {
    const now = draftIn(state);
    const was = draftIn(before);
    // While typing goes on the editor is ahead: what comes back is what it said itself.
    if (now !== was && now?.text !== null && now?.text !== was?.text && !(ahead && editor.hasFocus)) take();
    if (state.selected !== before.selected || state.scope !== before.scope) reveal();
  });
  reveal();
  tellProblems(editor, doc.state.problems);
  return [editor, () => {
    clearTimeout(timer);
    stop();
    // What was typed in the last moment counts too.
    if (ahead) void read(editor.state.doc.toString());
    editor.destroy();
    if (doc.state.unreadable) {
      // The canvas has the last good draft, and with the editor gone nothing else says what was typed.
      doc.set({ unreadable: false });
      void check.now();
    }
  }];
}

const textNow = (doc: FlowDocument): string => {
  const draft = draftIn(doc.state);
  return draft?.text ?? draft?.from.text ?? "";
};

function tellProblems(editor: EditorView, problems: readonly Problem[]): void {
  const { doc } = editor.state;
  const places = sourceRanges(doc.toString());
  const found = problems.map((problem): Diagnostic => {
    const number = problem.line || places.get(problem.node)?.from || 1;
    const line = doc.line(Math.max(1, Math.min(doc.lines, number)));
    const from = Math.min(line.to, line.from + Math.max(0, problem.line ? problem.column - 1 : 0) || line.from + (line.text.length - line.text.trimStart().length));
    return { from, to: Math.max(from, line.to), severity: problem.severity, message: inOneLine(problem) };
  });
  editor.dispatch(setDiagnostics(editor.state, found));
}
