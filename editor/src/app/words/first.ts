/** The words of what every window shows and of the wall: a wall's small computer must not fetch those of the whole editor. */
import { licenceWords } from "../../admin/licence/words";
import type { AreaWords } from "../../platform/i18n/words";
import { kitWords } from "../../platform/kit/words";
import { sessionWords } from "../../platform/session/words";
import { chartWords } from "../../site/chart/words";
import { siteWords } from "../../site/live/words";
import { wallWords } from "../../site/wall/words";
import { shellWords } from "./shell";

export const firstWords: AreaWords[] = [kitWords, sessionWords, shellWords, licenceWords, siteWords, wallWords, chartWords];
