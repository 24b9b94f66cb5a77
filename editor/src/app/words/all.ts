/** Every area's words; a new area adds its line here, and the test then reads it. */
import type { AreaWords } from "../../platform/i18n/words";
import { chartWords } from "../../site/chart/words";
import { deviceWords } from "../../site/devices/words";
import { planWords } from "../../site/plans/words";
import { siteWords } from "../../site/live/words";
import { wallWords } from "../../site/wall/words";
import { alarmWords } from "../../site/alarms/words";
import { channelWords } from "../../site/channels/words";
import { archiveWords } from "../../site/archive/words";
import { kitWords } from "../../platform/kit/words";
import { aroundWords } from "../../flow-editor/properties/words";
import { canvasWords } from "../../flow-editor/canvas/words";
import { commandWords } from "../../flow-editor/commands/words";
import { debugWords } from "../../flow-editor/debug/words";
import { deployWords } from "../../flow-editor/deploy/words";
import { flowPageWords } from "../../flow-editor/flow-page/words";
import { flowsWords } from "../../admin/flows/words";
import { inspectorWords } from "../../flow-editor/inspector/words";
import { licenceWords } from "../../admin/licence/words";
import { paletteWords } from "../../flow-editor/palette/words";
import { problemWords } from "../../flow-editor/problems/words";
import { auditWords } from "../../admin/audit/words";
import { healthWords } from "../../admin/health/words";
import { peopleWords } from "../../admin/people/words";
import { quarantineWords } from "../../admin/quarantine/words";
import { secretsWords } from "../../admin/secrets/words";
import { searchWords } from "../../flow-editor/search/words";
import { sessionWords } from "../../platform/session/words";
import { shellWords } from "./shell";
import { testingWords } from "../../flow-editor/testing/words";
import { versionWords } from "../../flow-editor/versions/words";
import { yamlWords } from "../../flow-editor/yaml/words";

export const allWords: AreaWords[] = [
  siteWords,
  wallWords,
  chartWords,
  deviceWords,
  planWords,
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
