/** How long to wait before the next attempt: twice as long each time, up to a limit. */
export class Backoff {
  private wait_ms: number;

  constructor(private readonly first_ms: number, private readonly longest_ms: number, private readonly random: () => number = Math.random) {
    this.wait_ms = first_ms;
  }

  /** With jitter: a hundred tabs must not all come back in the same instant after a restart. */
  next_ms(): number {
    const wait_ms = this.wait_ms;
    this.wait_ms = Math.min(wait_ms * 2, this.longest_ms);
    return wait_ms * (0.6 + this.random() * 0.4);
  }

  /** After a success the next wait is the first again. */
  reset(): void {
    this.wait_ms = this.first_ms;
  }
}
