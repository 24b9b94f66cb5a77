import { afterEach, expect, test, vi } from "vitest";

class Link {
  static readonly OPEN = 1;
  static last: Link;
  readyState = 1;
  sent: { subscribe?: string; ref: number }[] = [];
  onopen = (): void => undefined;
  onmessage = (_: { data: string }): void => undefined;
  onclose = (): void => undefined;

  constructor() {
    Link.last = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { ref: number });
  }

  close(): void {
    this.readyState = 3;
  }
}

vi.stubGlobal("WebSocket", Link);
vi.stubGlobal("location", { protocol: "http:", host: "here" });
vi.stubGlobal("document", { documentElement: { lang: "zh" } });
const { socket } = await import("./socket");

afterEach(() => socket.stop());

test("frames of a subscription with an earlier filter are dropped", () => {
  socket.start();
  Link.last.onopen();
  const got: number[] = [];
  const listen = (text: string) => socket.subscribe<number>("debug", ({ items }) => got.push(...items), { text });
  listen("a")();
  listen("b");
  const [first, second] = Link.last.sent.filter((one) => one.subscribe).map(({ ref }) => ref);
  Link.last.onmessage({ data: JSON.stringify({ topic: "debug", ref: first, items: [1] }) });
  Link.last.onmessage({ data: JSON.stringify({ topic: "debug", ref: second, items: [2] }) });
  Link.last.onmessage({ data: JSON.stringify({ topic: "debug", items: [3] }) });
  expect(got).toEqual([2, 3]);
});
