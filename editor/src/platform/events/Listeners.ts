/** Who wants to be called when something happens. */
export class Listeners<Event extends unknown[] = []> {
  private readonly calls = new Set<(...event: Event) => void>();

  /** The answer ends it. */
  add(call: (...event: Event) => void): () => void {
    this.calls.add(call);
    return () => void this.calls.delete(call);
  }

  notify(...event: Event): void {
    for (const call of this.calls) call(...event);
  }
}
