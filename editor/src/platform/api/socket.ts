/** The one WebSocket of the page: topics shared by all who listen, found again after every break. */
import { create } from "zustand";

export interface TopicMessage<T = unknown> {
  topic: string;
  items: T[];
  skipped?: number;
  error?: string | { message?: string };
}

type Listener = (message: TopicMessage) => void;

interface Topic {
  listeners: Set<Listener>;
  filter?: Record<string, unknown>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** `lostAt` is set while the link is down, `returned` counts how often it came back. */
export const useLink = create<{ open: boolean; lostAt: number | null; returned: number }>(() => ({
  open: false,
  lostAt: null,
  returned: 0,
}));

class Socket {
  private socket: WebSocket | null = null;
  private topics = new Map<string, Topic>();
  private wait = FIRST_WAIT_MS;
  private timer = 0;
  private wanted = false;
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
    useLink.setState({ open: false, lostAt: null });
  }

  /** Listen to a topic; the answer stops listening. A new filter replaces the one before. */
  subscribe<T>(topic: string, listener: (message: TopicMessage<T>) => void, filter?: Record<string, unknown>): () => void {
    const known = this.topics.get(topic) ?? { listeners: new Set<Listener>() };
    known.listeners.add(listener as Listener);
    if (filter) known.filter = filter;
    this.topics.set(topic, known);
    this.send({ subscribe: topic, ...(known.filter && { filter: known.filter }) });
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

  retryNow(): void {
    clearTimeout(this.timer);
    if (this.wanted && !this.socket) this.connect();
  }

  private connect(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/ws`);
    this.socket = socket;
    socket.onopen = () => {
      this.wait = FIRST_WAIT_MS;
      useLink.setState((was) => ({ open: true, lostAt: null, returned: was.returned + (was.lostAt ? 1 : 0) }));
      for (const [topic, { filter }] of this.topics) this.send({ subscribe: topic, ...(filter && { filter }) });
      if (this.presence) this.send({ presence: this.presence });
    };
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = () => this.lost(socket);
  }

  private receive(data: string): void {
    const message = JSON.parse(data) as TopicMessage;
    for (const listener of this.topics.get(message.topic)?.listeners ?? []) listener({ ...message, items: message.items ?? [] });
  }

  private lost(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    if (!this.wanted) return;
    useLink.setState((was) => ({ open: false, lostAt: was.lostAt ?? Date.now() }));
    // Jitter: a hundred tabs must not all come back in the same instant after a restart.
    this.timer = window.setTimeout(() => this.connect(), this.wait * (0.6 + Math.random() * 0.4));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private send(message: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

export const socket = new Socket();
