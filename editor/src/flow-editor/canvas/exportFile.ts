/** What leaves the editor as a file: the flow as YAML, the sheet as a picture. */
import { checkNow } from "../editing/draftCheck";
import { draft, sheet, useDocument } from "../editing/document";
import { inLanguage, say } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { iconOf, labelOf } from "./nodeAppearance";
import { svgOf } from "./svgPicture";
import { readLook } from "./canvasTheme";
import { useCanvas } from "../editing/canvasState";

const PNG_SCALE = 2;
/** Browsers refuse larger canvases. */
const MOST_PX = 16_000;

export async function exportYaml(): Promise<void> {
  // The server writes the file: comments and order of what was not changed stay.
  if (draft().text === null) await checkNow();
  const { text } = draft();
  if (text === null) return toast("warning", say("export.unchecked"));
  save(new Blob([text], { type: "text/yaml" }), "yaml");
}

export function exportSvg(): void {
  save(new Blob([picture().svg], { type: "image/svg+xml" }), "svg");
}

export async function exportPng(): Promise<void> {
  const { svg, width, height } = picture();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(PNG_SCALE, MOST_PX / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob) save(blob, "png");
  } finally {
    URL.revokeObjectURL(address);
  }
}

function picture(): ReturnType<typeof svgOf> {
  const { catalogue } = useDocument.getState();
  const { scene } = useCanvas.getState();
  const here = sheet();
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim();
  return svgOf({
    scene, sheet: here, ground,
    look: readLook(document.documentElement),
    label: ({ node }) => labelOf(node, (words) => inLanguage(words)),
    kind: ({ node }) => inLanguage(catalogue.get(node.type)?.title) || node.type,
    icon: ({ node }) => iconOf(node, catalogue.get(node.type)),
    portName: (port) => inLanguage(port.title) || port.name,
    groupTitle: (name) => inLanguage(here.groups[name]?.title) || name,
  });
}

function save(blob: Blob, ending: string): void {
  const { name, scope } = useDocument.getState();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${scope && ending !== "yaml" ? `${name}-${scope}` : name}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
