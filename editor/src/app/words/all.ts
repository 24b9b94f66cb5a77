/** Every area's words; a new area adds its line here, and the test then reads it. */
import { auditWords } from "../../admin/audit/words";
import { flowsWords } from "../../admin/flows/words";
import { healthWords } from "../../admin/health/words";
import { licenceWords } from "../../admin/licence/words";
import { peopleWords } from "../../admin/people/words";
import { quarantineWords } from "../../admin/quarantine/words";
import { secretsWords } from "../../admin/secrets/words";
import { canvasWords } from "../../flow-editor/canvas/words";
import { commandWords } from "../../flow-editor/commands/words";
import { debugWords } from "../../flow-editor/debug/words";
import { deployWords } from "../../flow-editor/deploy/words";
import { flowPageWords } from "../../flow-editor/flow-page/words";
import { inspectorWords } from "../../flow-editor/inspector/words";
import { paletteWords } from "../../flow-editor/palette/words";
import { problemWords } from "../../flow-editor/problems/words";
import { propertiesWords } from "../../flow-editor/properties/words";
import { searchWords } from "../../flow-editor/search/words";
import { testingWords } from "../../flow-editor/testing/words";
import { versionWords } from "../../flow-editor/versions/words";
import { yamlWords } from "../../flow-editor/yaml/words";
import type { AreaWords } from "../../platform/i18n/words";
import { kitWords } from "../../platform/kit/words";
import { sessionWords } from "../../platform/session/words";
import { alarmWords } from "../../site/alarms/words";
import { archiveWords } from "../../site/archive/words";
import { channelWords } from "../../site/channels/words";
import { chartWords } from "../../site/chart/words";
import { deviceWords } from "../../site/devices/words";
import { siteWords } from "../../site/live/words";
import { planWords } from "../../site/plans/words";
import { wallWords } from "../../site/wall/words";
import { shellWords } from "./shell";

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
  propertiesWords,
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
