/** What leaves the editor as a file: the flow as YAML, the sheet as a picture. */
import { localized } from "../../platform/i18n";
import type { DraftCheck } from "../editing/DraftCheck";
import type { FlowDocument } from "../editing/FlowDocument";
import type { CanvasController } from "./CanvasController";
import { readCanvasTheme } from "./canvasTheme";
import { iconOf, labelOf } from "./nodeAppearance";
import { renderSvg } from "./svgPicture";

const PNG_SCALE = 2;
/** Browsers refuse larger canvases. */
const MOST_PX = 16_000;

export async function exportYaml(doc: FlowDocument, check: DraftCheck): Promise<void> {
  save(doc, new Blob([await check.text()], { type: "text/yaml" }), "yaml");
}

export function exportSvg(canvas: CanvasController): void {
  save(canvas.doc, new Blob([picture(canvas).svg], { type: "image/svg+xml" }), "svg");
}

export async function exportPng(canvas: CanvasController): Promise<void> {
  const { svg, width, height } = picture(canvas);
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(PNG_SCALE, MOST_PX / Math.max(width, height));
    const target = document.createElement("canvas");
    target.width = Math.round(width * scale);
    target.height = Math.round(height * scale);
    target.getContext("2d")?.drawImage(image, 0, 0, target.width, target.height);
    const blob = await new Promise<Blob | null>((resolve) => target.toBlob(resolve, "image/png"));
    if (blob) save(canvas.doc, blob, "png");
  } finally {
    URL.revokeObjectURL(address);
  }
}

function picture({ doc, scene }: CanvasController): ReturnType<typeof renderSvg> {
  const { catalogue } = doc.state;
  const here = doc.sheet;
  const background = getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim();
  return renderSvg({
    scene, sheet: here, background,
    theme: readCanvasTheme(document.documentElement, doc),
    label: ({ node }) => labelOf(node, (words) => localized(words)),
    kind: ({ node }) => localized(catalogue.get(node.type)?.title) || node.type,
    icon: ({ node }) => iconOf(node, catalogue.get(node.type)),
    portName: (port) => localized(port.title) || port.name,
    groupTitle: (name) => localized(here.groups[name]?.title) || name,
  });
}

function save({ name, scope }: FlowDocument, blob: Blob, ending: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${scope && ending !== "yaml" ? `${name}-${scope}` : name}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
