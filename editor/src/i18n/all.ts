/** Every area's words; a new area adds its line here, and the test then reads it. */
import type { AreaWords } from "./words";
import { kitWords } from "../kit/words";
import { canvasWords } from "../canvas/words";
import { commandWords } from "../commands/words";
import { flowPageWords } from "../flow-page/words";
import { flowsWords } from "../flows/words";
import { inspectorWords } from "../inspector/words";
import { paletteWords } from "../palette/words";
import { licenceWords } from "../licence/words";
import { sessionWords } from "../session/words";
import { shellWords } from "../shell/words";

export const allWords: AreaWords[] = [
  kitWords, flowsWords, canvasWords, commandWords, flowPageWords, inspectorWords, paletteWords, sessionWords, shellWords,
  licenceWords,
];
