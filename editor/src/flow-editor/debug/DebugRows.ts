/** The debug list as it is kept in the browser: the last 10,000 rows, in order, with what was skipped while it was paused. */
import type { DebugRow } from "../../platform/api/generated";

export type { DebugRow };

export const MAX_ROWS = 10_000;

/** A ring: adding a thousand rows a second moves no other row. */
export class DebugRows {
  private readonly ring: (DebugRow | undefined)[];
  private next = 0;
  count = 0;
  /** Rows that did not come, because the server had more than this tab could take. */
  lost = 0;
  /** Rows that came while the list stood still. */
  skipped = 0;
  paused = false;

  constructor(private readonly most = MAX_ROWS) {
    this.ring = new Array<DebugRow | undefined>(most);
  }

  /** Other rows in place of these, as another filter finds them; also while the list stands still. */
  fill(rows: readonly DebugRow[]): void {
    this.clear();
    this.put(rows);
  }

  add(rows: readonly DebugRow[], lost = 0): void {
    if (this.paused) {
      this.skipped += rows.length + lost;
      return;
    }
    this.lost += lost;
    this.put(rows);
  }

  private put(rows: readonly DebugRow[]): void {
    for (const row of rows) {
      this.ring[this.next] = row;
      this.next = (this.next + 1) % this.most;
      if (this.count < this.most) this.count += 1;
    }
  }

  /** The row at a place, 0 the oldest that is kept. */
  at(index: number): DebugRow | undefined {
    return index < 0 || index >= this.count ? undefined : this.ring[(this.next - this.count + index + this.most) % this.most];
  }

  clear(): void {
    this.ring.fill(undefined);
    this.next = this.count = this.lost = this.skipped = 0;
  }

  resume(): void {
    this.paused = false;
    this.skipped = 0;
  }
}
