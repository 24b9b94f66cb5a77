/** The words of the site's areas: wall, devices, floor plans. */
import { chartWords } from "../chart/words";
import { deviceWords } from "../devices/words";
import type { AreaWords } from "../i18n/words";
import { planWords } from "../plans/words";
import { wallWords } from "../wall/words";
import { siteWords } from "./words";

export const siteAreas: AreaWords[] = [siteWords, wallWords, chartWords, deviceWords, planWords];
