/** Who else is in this flow. */
import { nodesByAddress } from "../../model/flow/sheet";
import { useWords } from "../../platform/i18n";
import { useSession } from "../../platform/session/session";
import { useCanvasController } from "../canvas/CanvasController";
import { revealNode } from "../canvas/revealNode";
import { useDocument } from "../editing/context";
import { modelIn } from "../editing/FlowDocument";
import { otherEditors, useEditorPresence } from "./presence";

const SHOWN = 4;
const HUES = ["input", "output", "gas", "notify", "function", "storage"];

const hueOf = (user: string): string => HUES[[...user].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES.length] ?? "other";

export function Avatars() {
  const canvas = useCanvasController();
  const { t, localize } = useWords();
  const me = useSession(({ session }) => session?.user ?? "");
  const people = otherEditors(useEditorPresence(), me);
  const model = useDocument(modelIn);
  if (people.length === 0) return null;
  const nodes = nodesByAddress(model);
  return (
    <ul className="avatars" aria-label={t("deploy.here")}>
      {people.slice(0, SHOWN).map((person) => {
        const title = localize(nodes.get(person.open)?.title) || person.open;
        const text = person.open ? t("deploy.here.open", { user: person.user, node: title }) : t("deploy.here.flow", { user: person.user });
        return (
          <li key={person.id}>
            <button type="button" className={`avatar avatar-${hueOf(person.user)}`} title={text} aria-label={text} onClick={() => person.open && revealNode(canvas, person.open)}>
              {[...person.user][0]?.toUpperCase()}
            </button>
          </li>
        );
      })}
      {people.length > SHOWN && <li className="avatar avatar-more">+{people.length - SHOWN}</li>}
    </ul>
  );
}
