/** The server's clock, for ages and countdowns: a wall's own clock may be wrong by hours. Unix seconds. */
class ServerClock {
  private ahead_s = 0;

  /** Called with each answer that carries `now`. */
  set(now: number): void {
    this.ahead_s = now - Date.now() / 1000;
  }

  now(): number {
    return Date.now() / 1000 + this.ahead_s;
  }
}

export const serverClock = new ServerClock();
