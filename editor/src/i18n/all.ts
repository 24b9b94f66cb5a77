/** Every area's words; a new area adds its line here, and the test then reads it. */
import type { AreaWords } from "./words";
import { siteAreas } from "../site/areas";
import { alarmWords } from "../alarms/words";
import { channelWords } from "../channels/words";
import { archiveWords } from "../archive/words";
import { kitWords } from "../kit/words";
import { aroundWords } from "../around/words";
import { canvasWords } from "../canvas/words";
import { commandWords } from "../commands/words";
import { debugWords } from "../debug/words";
import { deployWords } from "../deploy/words";
import { flowPageWords } from "../flow-page/words";
import { flowsWords } from "../flows/words";
import { inspectorWords } from "../inspector/words";
import { licenceWords } from "../licence/words";
import { paletteWords } from "../palette/words";
import { problemWords } from "../problems/words";
import { auditWords } from "../audit/words";
import { healthWords } from "../health/words";
import { peopleWords } from "../people/words";
import { quarantineWords } from "../quarantine/words";
import { secretsWords } from "../secrets/words";
import { searchWords } from "../search/words";
import { sessionWords } from "../session/words";
import { shellWords } from "../shell/words";
import { testingWords } from "../testing/words";
import { versionWords } from "../versions/words";
import { yamlWords } from "../yaml/words";

export const allWords: AreaWords[] = [
  ...siteAreas,
  alarmWords,
  channelWords,
  kitWords,
  archiveWords,
  flowsWords,
  aroundWords,
  canvasWords,
  commandWords,
  debugWords,
  deployWords,
  flowPageWords,
  inspectorWords,
  licenceWords,
  paletteWords,
  problemWords,
  auditWords,
  healthWords,
  peopleWords,
  quarantineWords,
  searchWords,
  secretsWords,
  sessionWords,
  shellWords,
  testingWords,
  versionWords,
  yamlWords,
];
