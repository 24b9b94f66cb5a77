/** What leaves the editor as a file: the flow as YAML, the sheet as a picture. */
import { localized, translate } from "../../platform/i18n";
import { toast } from "../../platform/kit/toasts";
import { useCanvas } from "../editing/canvasState";
import { draft, sheet, useDocument } from "../editing/document";
import { checkNow } from "../editing/draftCheck";
import { readCanvasTheme } from "./canvasTheme";
import { iconOf, labelOf } from "./nodeAppearance";
import { renderSvg } from "./svgPicture";

const PNG_SCALE = 2;
/** Browsers refuse larger canvases. */
const MOST_PX = 16_000;

export async function exportYaml(): Promise<void> {
  // The server writes the file: comments and order of what was not changed stay.
  if (draft().text === null) await checkNow();
  const { text } = draft();
  if (text === null) return toast("warning", translate("export.unchecked"));
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

function picture(): ReturnType<typeof renderSvg> {
  const { catalogue } = useDocument.getState();
  const { scene } = useCanvas.getState();
  const here = sheet();
  const background = getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim();
  return renderSvg({
    scene, sheet: here, background,
    theme: readCanvasTheme(document.documentElement),
    label: ({ node }) => labelOf(node, (words) => localized(words)),
    kind: ({ node }) => localized(catalogue.get(node.type)?.title) || node.type,
    icon: ({ node }) => iconOf(node, catalogue.get(node.type)),
    portName: (port) => localized(port.title) || port.name,
    groupTitle: (name) => localized(here.groups[name]?.title) || name,
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
