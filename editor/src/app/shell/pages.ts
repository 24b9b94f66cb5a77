/** Every page: its path, its place in the navigation and the role it takes. Each page is a chunk of its own. */
import type { ComponentType } from "react";
import type { Role } from "../../platform/api/types";
import { lazyComponent } from "../../platform/kit/lazyComponent";
import { Loading } from "../../platform/kit/Loading";

export interface Page {
  /** Path with `:name` for a variable part, given to the page as a property. */
  path: string;
  title: string;
  /** Icon in the navigation; a page without one is not listed there. */
  icon?: string;
  needs?: Role;
  /** Draws over the whole window, without navigation and the words of other pages. */
  bare?: boolean;
  view: ComponentType<Record<string, string>>;
}

const page = (load: () => Promise<{ default: ComponentType<never> }>): Page["view"] =>
  lazyComponent(async () => (await load()).default as ComponentType<Record<string, string>>, Loading);

export const pages: Page[] = [
  { path: "/wall", title: "page.wall", icon: "monitor", bare: true, view: page(() => import("../../site/wall/Wall")) },
  { path: "/devices", title: "page.devices", icon: "cpu", view: page(() => import("../../site/devices/DevicesPage")) },
  { path: "/plans", title: "page.plans", icon: "map", view: page(() => import("../../site/plans/PlansPage")) },
  { path: "/devices/:sn", title: "page.devices", view: page(() => import("../../site/devices/DevicePage")) },
  { path: "/alarms", title: "page.alarms", icon: "bell", view: page(() => import("../../site/alarms/AlarmsPage")) },
  { path: "/settings/alarms", title: "page.channels", icon: "megaphone", needs: "admin", view: page(() => import("../../site/channels/ChannelsPage")) },
  { path: "/flows", title: "page.flows", icon: "workflow", view: page(() => import("../../admin/flows/FlowsPage")) },
  { path: "/flows/:name", title: "page.flows", view: page(() => import("../../flow-editor/flow-page/FlowPage")) },
  { path: "/licence", title: "page.licence", view: page(() => import("../../admin/licence/LicencePage")) },
  { path: "/archive", title: "page.archive", icon: "archive", view: page(() => import("../../site/archive/ArchivePage")) },
  { path: "/quarantine", title: "page.quarantine", icon: "inbox", needs: "operator", view: page(() => import("../../admin/quarantine/QuarantinePage")) },
  { path: "/health", title: "page.health", icon: "heart", view: page(() => import("../../admin/health/HealthPage")) },
  { path: "/users", title: "page.users", icon: "users", needs: "admin", view: page(() => import("../../admin/people/PeoplePage")) },
  { path: "/secrets", title: "page.secrets", icon: "key-round", needs: "admin", view: page(() => import("../../admin/secrets/SecretsPage")) },
  { path: "/audit", title: "page.audit", icon: "scroll-text", needs: "admin", view: page(() => import("../../admin/audit/AuditPage")) },
];

export function pageAt(path: string): { page: Page; values: Record<string, string> } | null {
  const parts = path.split("?")[0]?.split("/").filter(Boolean) ?? [];
  for (const candidate of pages) {
    const wanted = candidate.path.split("/").filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const values: Record<string, string> = {};
    const fits = wanted.every((part, index) => {
      const given = parts[index] ?? "";
      if (part.startsWith(":")) values[part.slice(1)] = decodeURIComponent(given);
      return part.startsWith(":") || part === given;
    });
    if (fits) return { page: candidate, values };
  }
  return null;
}
