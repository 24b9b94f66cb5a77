/** Something that a page can't do without: loaded on demand, and after a failure again, later and later, until it is there. */
import { Backoff } from "./backoff";
import { ApiError } from "./problem";

const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

/** What may be otherwise in a moment: the server can't be reached, or lacks something itself. */
const mayPass = (error: unknown): boolean => error instanceof ApiError && (error.status === 0 || error.status >= 500);

export class PersistentLoad<T> {
  private readonly backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  private timer = 0;
  private latest = 0;

  constructor(private readonly load: () => Promise<T>, private readonly onLoaded: (value: T) => void, private readonly onError: (error: unknown) => void) {}

  /** Asks now; of several questions the answer to the latest counts. Never rejects: a failure goes to `onError`. */
  async run(): Promise<void> {
    clearTimeout(this.timer);
    const mine = ++this.latest;
    try {
      const value = await this.load();
      if (mine !== this.latest) return;
      this.backoff.reset();
      this.onLoaded(value);
    } catch (error) {
      if (mine !== this.latest) return;
      this.onError(error);
      if (mayPass(error)) this.timer = window.setTimeout(() => void this.run(), this.backoff.next_ms());
    }
  }

  /** What is still under way counts no more, and nothing is asked again. */
  stop(): void {
    clearTimeout(this.timer);
    this.latest += 1;
  }
}
