/** The few icons that every window shows, the wall's too; all others come with `icons.ts` when the first of them is asked for. */
import {
  Archive, BellOff, BellRing, Check, ChevronDown, ChevronRight, CircleAlert, Cpu, Heart, type IconNode, Inbox, KeyRound, Languages, LayoutDashboard, LogOut,
  Map, Maximize, Monitor, Moon, RefreshCw, ScrollText, Settings, Siren, Sun, TriangleAlert, User, Users, Volume2, VolumeX, Workflow, X,
} from "lucide";
import { loadOnce } from "./loadOnce";

const base: Record<string, IconNode> = {
  archive: Archive, "bell-off": BellOff, "bell-ring": BellRing, check: Check, "chevron-down": ChevronDown, "chevron-right": ChevronRight, "circle-alert": CircleAlert,
  cpu: Cpu, heart: Heart, inbox: Inbox, "key-round": KeyRound, languages: Languages, "layout-dashboard": LayoutDashboard, "log-out": LogOut, map: Map,
  maximize: Maximize, monitor: Monitor, moon: Moon, "refresh-cw": RefreshCw, "scroll-text": ScrollText, settings: Settings, siren: Siren, sun: Sun,
  "triangle-alert": TriangleAlert, user: User, users: Users, "volume-2": Volume2, "volume-x": VolumeX, workflow: Workflow, x: X,
};

class Icons {
  private readonly known: Record<string, IconNode> = { ...base };
  private readonly common = loadOnce(() => import("./icons"));
  private readonly all = loadOnce(async () => (await import("./allIcons")).icons as Record<string, IconNode>);

  /** The icon if it is there already. */
  loaded(name: string): IconNode | undefined {
    return this.known[name];
  }

  /** The icon of any lucide name, a box for a name that lucide does not know. */
  async load(name: string): Promise<IconNode> {
    const { commonIcons } = await this.common();
    Object.assign(this.known, commonIcons);
    const icon = this.known[name] ?? (await this.all())[pascalCase(name)] ?? (commonIcons["box"] as IconNode);
    this.known[name] = icon;
    return icon;
  }
}

const pascalCase = (name: string): string => name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());

export const icons = new Icons();
