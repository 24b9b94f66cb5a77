/** The sound of an alarm. A mute ends by itself, and never mutes an alarm that was not there when it began. */
import { createStore, useStore } from "zustand";

export const MUTE_MS = 5 * 60_000;
const BEEP_MS = 1600;
const STORED = "mcs.wall.sound";

interface HornState {
  /** Whether this wall is to sound at all. */
  on: boolean;
  /** The browser lets a page sound only after somebody has touched it. */
  blocked: boolean;
  sounding: boolean;
  /** When the mute ends, ms by this computer's clock; null: not muted. */
  mutedUntil: number | null;
}

export class Horn {
  readonly store = createStore<HornState>(() => ({ on: localStorage.getItem(STORED) === "on", blocked: false, sounding: false, mutedUntil: null }));
  private context: AudioContext | null = null;
  private timer = 0;
  private muted = new Set<string>();
  private wanted = new Set<string>();

  /** The ids of alarms that nobody has acknowledged; called again whenever they may have changed, and every second. */
  soundFor(ids: Iterable<string>): void {
    this.wanted = new Set(ids);
    this.decide();
  }

  turn(on: boolean): void {
    localStorage.setItem(STORED, on ? "on" : "off");
    this.store.setState({ on, mutedUntil: null });
    if (on) void this.wake();
    this.decide();
  }

  mute(): void {
    this.muted = new Set(this.wanted);
    this.store.setState({ mutedUntil: Date.now() + MUTE_MS });
    this.decide();
  }

  unmute(): void {
    this.muted.clear();
    this.store.setState({ mutedUntil: null });
    this.decide();
  }

  /** Nobody looks at the wall any more. */
  close(): void {
    this.soundFor([]);
    void this.context?.close();
    this.context = null;
  }

  private async wake(): Promise<void> {
    this.context ??= new AudioContext();
    await this.context.resume().catch(() => undefined);
    this.store.setState({ blocked: this.context?.state !== "running" });
  }

  private decide(): void {
    const { on, mutedUntil } = this.store.getState();
    if (mutedUntil !== null && Date.now() >= mutedUntil) {
      this.muted.clear();
      this.store.setState({ mutedUntil: null });
    }
    const sounding = on && [...this.wanted].some((id) => !this.muted.has(id));
    if (sounding === this.store.getState().sounding) return;
    this.store.setState({ sounding });
    clearInterval(this.timer);
    if (sounding) {
      void this.wake().then(() => this.beep());
      this.timer = window.setInterval(() => this.beep(), BEEP_MS);
    }
  }

  private beep(): void {
    if (this.context?.state === "running") twoTones(this.context);
    else this.store.setState({ blocked: true });
  }
}

export const useHorn = (horn: Horn): HornState => useStore(horn.store);

/** As the ear finds them in the noise of a plant. */
function twoTones(context: AudioContext): void {
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
