/** The words of what every window shows and of the wall: a wall's small computer must not fetch those of the whole editor. */
import type { AreaWords } from "./words";
import { chartWords } from "../chart/words";
import { kitWords } from "../kit/words";
import { licenceWords } from "../licence/words";
import { sessionWords } from "../session/words";
import { shellWords } from "../shell/words";
import { siteWords } from "../site/words";
import { wallWords } from "../wall/words";

export const firstWords: AreaWords[] = [kitWords, sessionWords, shellWords, licenceWords, siteWords, wallWords, chartWords];
