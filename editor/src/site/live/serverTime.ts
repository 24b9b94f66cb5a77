/** The server's clock, for ages and countdowns: a wall's own clock may be wrong by hours. */
let ahead_s = 0;

/** Told with each answer that carries `now`: Unix seconds by the server. */
export function setServerTime(now: number): void {
  ahead_s = now - Date.now() / 1000;
}

export const serverNow = (): number => Date.now() / 1000 + ahead_s;
