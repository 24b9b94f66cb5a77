/** The few icons that every window shows, the wall's too; all others come with `icons.ts` when the first of them is asked for. */
import { Archive, BellOff, BellRing, Check, ChevronDown, ChevronRight, CircleAlert, Cpu, Heart, type IconNode, Inbox, KeyRound, Languages, LayoutDashboard, LogOut, Map, Maximize, Monitor, Moon, RefreshCw, ScrollText, Settings, Siren, Sun, TriangleAlert, User, Users, Volume2, VolumeX, Workflow, X } from "lucide";

const first: Record<string, IconNode> = {
  archive: Archive, "bell-off": BellOff, "bell-ring": BellRing, check: Check, "chevron-down": ChevronDown, "chevron-right": ChevronRight, "circle-alert": CircleAlert,
  cpu: Cpu, heart: Heart, inbox: Inbox, "key-round": KeyRound, languages: Languages, "layout-dashboard": LayoutDashboard, "log-out": LogOut, map: Map,
  maximize: Maximize, monitor: Monitor, moon: Moon, "refresh-cw": RefreshCw, "scroll-text": ScrollText, settings: Settings, siren: Siren, sun: Sun,
  "triangle-alert": TriangleAlert, user: User, users: Users, "volume-2": Volume2, "volume-x": VolumeX, workflow: Workflow, x: X,
};

let common: typeof import("./icons") | null = null;

export const loadedIcon = (name: string): IconNode | undefined => first[name] ?? common?.loadedIcon(name);

/** The icon of any lucide name, a box for a name that lucide does not know. */
export async function loadIcon(name: string): Promise<IconNode> {
  common ??= await import("./icons");
  return loadedIcon(name) ?? common.loadIcon(name);
}
