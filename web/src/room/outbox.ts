import { all, announce } from "../dom";
import type { Api } from "./api";
import { avatar, button, make } from "./dom";
import type { People } from "./people";
import type { Turn } from "./state";

/** Something that was written here and that the server is to have. */
export interface Message {
  readonly clientId: string;
  readonly as: "prompt" | "note";
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  readonly resourceId: string;
  readonly path: string;
}

// Milliseconds between attempts, from the first to the last, and until what the server has taken is gone from here in any case.
const firstDelay = 1_000;
const lastDelay = 30_000;
const grace = 5_000;

/**
 * What was sent stands at the end of the conversation at once, and is sent again until the server has it: the same id again is the same message.
 * It is kept in the browser until then, so that a page that is closed loses nothing.
 */
export class Outbox {
  readonly #place: HTMLElement;
  readonly #key: string;
  readonly #shown = new Map<string, Pending>();
  #turns = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly people: People,
    place: HTMLElement,
    sessionId: string,
    private readonly events: { grown(): void; giveBack(message: Message): void },
  ) {
    this.#place = place;
    this.#key = `parley.outbox.${people.me}.${sessionId}`;
    addEventListener("online", () => this.#shown.forEach((pending) => pending.again?.()));
    for (const message of this.#kept()) this.#begin(message);
  }

  send(message: Message): void {
    this.#keep([...this.#kept(), message]);
    this.#begin(message);
  }

  /** These entries are in the page now. */
  arrived(root: ParentNode): void {
    for (const entry of all("[data-client]", root)) this.#finish(entry.dataset["client"] ?? "");
  }

  /** These wait for the agent now, or it works on them. */
  queued(turns: readonly Turn[]): void {
    this.#turns = new Set(turns.map((turn) => turn.turnId));
    for (const { message, turnId } of [...this.#shown.values()]) if (turnId && this.#turns.has(turnId)) this.#finish(message.clientId);
  }

  #begin(message: Message): void {
    const self = this.people.self;
    const state = make("span", "state", "Sending…");
    const article = make("article", `entry pending ${message.as === "prompt" ? "prompt" : "talk"}`);
    const meta = make("header", "meta", avatar(self.initial, self.hue), make("h2", "who", self.name), state);
    article.append(meta, make("div", "bubble typed", message.text));
    this.#place.append(article);
    const pending: Pending = { message, article, state };
    this.#shown.set(message.clientId, pending);
    void this.#attempt(pending);
    this.events.grown();
  }

  async #attempt(pending: Pending, delay = firstDelay): Promise<void> {
    delete pending.again;
    const { clientId, text, as, attachments } = pending.message;
    const path = as === "prompt" ? "/prompts" : "/notes";
    const answer = await this.api.post<{ turnId?: string }>(path, { text, clientId, ...(attachments.length > 0 && { attachments }) });
    if (!this.#shown.has(clientId)) return;
    if (answer.kind === "done") {
      this.#forget(clientId);
      pending.state.textContent = "";
      pending.turnId = answer.body.turnId;
      if (pending.turnId && this.#turns.has(pending.turnId)) return this.#finish(clientId);
      setTimeout(() => this.#finish(clientId), grace);
    } else if (answer.kind === "refused") this.#refused(pending, answer.why);
    else this.#wait(pending, delay);
  }

  #wait(pending: Pending, delay: number): void {
    pending.state.textContent = "Not sent yet. It is tried again by itself.";
    const timer = setTimeout(() => pending.again?.(), delay * (0.75 + Math.random() / 2));
    pending.again = () => {
      clearTimeout(timer);
      void this.#attempt(pending, Math.min(delay * 2, lastDelay));
    };
  }

  #refused(pending: Pending, why: string): void {
    pending.article.classList.add("failed");
    pending.state.textContent = `Not sent: ${why}`;
    announce(`Not sent: ${why}`);
    const acts = make(
      "p",
      "offers",
      button("Try again", () => {
        acts.remove();
        pending.article.classList.remove("failed");
        pending.state.textContent = "Sending…";
        void this.#attempt(pending);
      }),
      button("Edit", () => {
        this.#finish(pending.message.clientId);
        this.events.giveBack(pending.message);
      }),
      button("Discard", () => this.#finish(pending.message.clientId)),
    );
    pending.article.append(acts);
    this.events.grown();
  }

  #finish(clientId: string): void {
    this.#shown.get(clientId)?.article.remove();
    if (this.#shown.delete(clientId)) this.#forget(clientId);
  }

  #forget(clientId: string): void {
    this.#keep(this.#kept().filter((message) => message.clientId !== clientId));
  }

  #kept(): Message[] {
    try {
      return JSON.parse(localStorage.getItem(this.#key) ?? "[]") as Message[];
    } catch {
      return [];
    }
  }

  #keep(messages: Message[]): void {
    try {
      if (messages.length > 0) localStorage.setItem(this.#key, JSON.stringify(messages));
      else localStorage.removeItem(this.#key);
    } catch {
      // Without room for it the message lives as long as the page.
    }
  }
}

interface Pending {
  readonly message: Message;
  readonly article: HTMLElement;
  readonly state: HTMLElement;
  turnId?: string | undefined;
  again?: () => void;
}
