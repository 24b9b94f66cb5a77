/** The sound of an alarm. A mute ends by itself, and never mutes an alarm that was not there when it began. */
import { create } from "zustand";

export const MUTE_MS = 5 * 60_000;
const BEEP_MS = 1600;
const STORED = "mcs.wall.sound";

interface Horn {
  /** Whether this wall is to sound at all. */
  on: boolean;
  /** The browser lets a page sound only after somebody has touched it. */
  blocked: boolean;
  sounding: boolean;
  /** When the mute ends, ms by this computer's clock; null: not muted. */
  mutedUntil: number | null;
}

export const useHorn = create<Horn>(() => ({ on: localStorage.getItem(STORED) === "on", blocked: false, sounding: false, mutedUntil: null }));

let context: AudioContext | null = null;
let timer = 0;
let muted = new Set<string>();
let wanted = new Set<string>();

/** The ids of alarms that nobody has acknowledged; called again whenever they may have changed, and every second. */
export function soundFor(ids: Iterable<string>): void {
  wanted = new Set(ids);
  decide();
}

export function turnSound(on: boolean): void {
  localStorage.setItem(STORED, on ? "on" : "off");
  useHorn.setState({ on, mutedUntil: null });
  if (on) void wake();
  decide();
}

export function mute(): void {
  muted = new Set(wanted);
  useHorn.setState({ mutedUntil: Date.now() + MUTE_MS });
  decide();
}

export function unmute(): void {
  muted.clear();
  useHorn.setState({ mutedUntil: null });
  decide();
}

/** Nobody looks at the wall any more. */
export const silence = (): void => soundFor([]);

async function wake(): Promise<void> {
  context ??= new AudioContext();
  await context.resume().catch(() => undefined);
  useHorn.setState({ blocked: context.state !== "running" });
}

function decide(): void {
  const { on, mutedUntil } = useHorn.getState();
  if (mutedUntil !== null && Date.now() >= mutedUntil) {
    muted.clear();
    useHorn.setState({ mutedUntil: null });
  }
  const sounding = on && [...wanted].some((id) => !muted.has(id));
  if (sounding === useHorn.getState().sounding) return;
  useHorn.setState({ sounding });
  clearInterval(timer);
  if (sounding) {
    void wake().then(beep);
    timer = window.setInterval(beep, BEEP_MS);
  }
}

/** Two tones, as the ear finds them in the noise of a plant. */
function beep(): void {
  if (context?.state !== "running") {
    useHorn.setState({ blocked: true });
    return;
  }
  for (const [at, pitch] of [[0, 880], [0.22, 1175]] as const) {
    const tone = new OscillatorNode(context, { frequency: pitch, type: "triangle" });
    const volume = new GainNode(context, { gain: 0 });
    const begin = context.currentTime + at;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.35, begin + 0.02);
    volume.gain.setValueAtTime(0.35, begin + 0.15);
    volume.gain.linearRampToValueAtTime(0, begin + 0.2);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.22);
  }
}
