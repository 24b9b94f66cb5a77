/** The one WebSocket of the page: topics shared by all who listen, found again after every break. */
import { create } from "zustand";
import { Backoff } from "./backoff";

export interface TopicMessage<T = unknown> {
  topic: string;
  items: T[];
  /** Of the subscription that it belongs to. */
  ref?: number;
  skipped?: number;
  error?: string | { message?: string };
}

type Listener = (message: TopicMessage) => void;

interface Topic {
  listeners: Set<Listener>;
  filter?: Record<string, unknown>;
  /** Of the latest subscription: frames of the one before it, with another filter, may still be on their way. */
  ref: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** `lostAt` is set while the link is down, `reconnects` counts how often it came back. */
export const useConnection = create<{ open: boolean; lostAt: number | null; reconnects: number }>(() => ({
  open: false,
  lostAt: null,
  reconnects: 0,
}));

/** Calls when the link is there again: what was missed meanwhile has to be asked for. The answer ends it. */
export const onReconnect = (call: () => void): (() => void) =>
  useConnection.subscribe((now, before) => now.reconnects !== before.reconnects && call());

class Socket {
  private socket: WebSocket | null = null;
  private topics = new Map<string, Topic>();
  private readonly backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS);
  private timer = 0;
  private wanted = false;
  private refs = 0;
  private presence: Record<string, unknown> | null = null;

  start(): void {
    this.wanted = true;
    if (!this.socket) this.connect();
  }

  stop(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
    useConnection.setState({ open: false, lostAt: null });
  }

  /** Listen to a topic; the answer stops listening. A new filter replaces the one before. */
  subscribe<T>(topic: string, listener: (message: TopicMessage<T>) => void, filter?: Record<string, unknown>): () => void {
    const known = this.topics.get(topic) ?? { listeners: new Set<Listener>(), ref: 0 };
    known.listeners.add(listener as Listener);
    if (filter) known.filter = filter;
    this.topics.set(topic, known);
    this.ask(topic, known);
    return () => {
      known.listeners.delete(listener as Listener);
      if (known.listeners.size > 0 || this.topics.get(topic) !== known) return;
      this.topics.delete(topic);
      this.send({ unsubscribe: topic });
    };
  }

  /** Say where this person is; said again after a break. */
  setPresence(presence: Record<string, unknown> | null): void {
    this.presence = presence;
    if (presence) this.send({ presence });
  }

  /** A new link in place of this one: the language of the page has changed, and the server speaks the one that was asked for. */
  renew(): void {
    const before = this.socket;
    if (!before) return;
    this.connect();
    before.close();
  }

  retryNow(): void {
    clearTimeout(this.timer);
    if (this.wanted && !this.socket) this.connect();
  }

  private connect(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/ws?lang=${document.documentElement.lang}`);
    this.socket = socket;
    socket.onopen = () => {
      this.backoff.reset();
      useConnection.setState((was) => ({ open: true, lostAt: null, reconnects: was.reconnects + (was.lostAt ? 1 : 0) }));
      for (const [topic, known] of this.topics) this.ask(topic, known);
      if (this.presence) this.send({ presence: this.presence });
    };
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = () => this.lost(socket);
  }

  private receive(data: string): void {
    const message = JSON.parse(data) as TopicMessage;
    const topic = this.topics.get(message.topic);
    if (!topic || (message.ref !== undefined && message.ref !== topic.ref)) return;
    for (const listener of topic.listeners) listener({ ...message, items: message.items ?? [] });
  }

  private ask(topic: string, known: Topic): void {
    known.ref = ++this.refs;
    this.send({ subscribe: topic, ref: known.ref, ...(known.filter && { filter: known.filter }) });
  }

  private lost(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    if (!this.wanted) return;
    useConnection.setState((was) => ({ open: false, lostAt: was.lostAt ?? Date.now() }));
    this.timer = window.setTimeout(() => this.connect(), this.backoff.next_ms());
  }

  private send(message: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

export const socket = new Socket();
