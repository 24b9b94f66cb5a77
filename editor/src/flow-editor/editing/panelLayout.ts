/** Which panels of the flow page are open and how large; kept in this browser. */
import { create } from "zustand";
import { panels } from "./panels";

interface Layout {
  dock: string;
  dockOpen: boolean;
  dockWidth: number;
  drawer: string;
  drawerOpen: boolean;
  drawerHeight: number;
  palette: boolean;
  /** The palette is to take the cursor, which it does as soon as it is there. */
  paletteWanted: boolean;
  dialog: string | null;
}

const STORED = "mcs.layout";
const first: Layout = { dock: "", dockOpen: true, dockWidth: 340, drawer: "", drawerOpen: false, drawerHeight: 260, palette: true, paletteWanted: false, dialog: null };

function savedLayout(): Partial<Layout> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<Layout>;
  } catch {
    return {};
  }
}

export const useLayout = create<Layout>(() => ({ ...first, ...savedLayout(), dialog: null }));

useLayout.subscribe(({ dialog: _dialog, paletteWanted: _wanted, ...layout }) => localStorage.setItem(STORED, JSON.stringify(layout)));

const clamped = (value: number, least: number, most: number): number => Math.round(Math.max(least, Math.min(most, value)));

export const sizeDock = (width: number): void => useLayout.setState({ dockWidth: clamped(width, 260, Math.max(260, innerWidth * 0.5)) });
export const sizeDrawer = (height: number): void => useLayout.setState({ drawerHeight: clamped(height, 120, Math.max(120, innerHeight * 0.7)) });

/** Opens the palette with the cursor in its filter. */
export const focusPalette = (): void => useLayout.setState({ palette: true, paletteWanted: true });

/** Opens a panel wherever it belongs. */
export function openPanel(id: string): void {
  const place = panels.find((panel) => panel.id === id)?.place;
  if (place === "dock") useLayout.setState({ dock: id, dockOpen: true });
  if (place === "drawer") useLayout.setState({ drawer: id, drawerOpen: true });
  if (place === "dialog") useLayout.setState({ dialog: id });
}

export function togglePanel(id: string): void {
  const { dock, dockOpen, drawer, drawerOpen, dialog } = useLayout.getState();
  const place = panels.find((panel) => panel.id === id)?.place;
  if (place === "dock" && dock === id && dockOpen) useLayout.setState({ dockOpen: false });
  else if (place === "drawer" && drawer === id && drawerOpen) useLayout.setState({ drawerOpen: false });
  else if (place === "dialog" && dialog === id) closeDialog();
  else openPanel(id);
}

export const closeDialog = (): void => useLayout.setState({ dialog: null });
