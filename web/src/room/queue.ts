import { announce, one } from "../dom";
import type { Api } from "./api";
import { avatar, button, make } from "./dom";
import type { People } from "./people";
import type { RoomState, Turn } from "./state";

/** What runs and what waits: prompts that their authors may still change, and suggestions that somebody decides on. */
export class Queue {
  readonly #list: HTMLElement;
  readonly #working = one("#working");
  readonly #shown = new Map<string, { said: string; item: HTMLElement }>();
  #suggestions = 0;

  constructor(
    private readonly api: Api,
    private readonly people: People,
    list: HTMLElement,
    private readonly giveBack: (text: string) => void,
  ) {
    this.#list = list;
  }

  show(state: RoomState): void {
    const waiting = state.queue.turns.filter((turn) => turn.state !== "running");
    const queued = waiting.filter((turn) => turn.state === "queued").map((turn) => turn.turnId);
    // What the server wrote is for whoever has no script.
    if (this.#shown.size === 0) this.#list.replaceChildren();
    const gone = new Set(this.#shown.keys());
    for (const turn of waiting) {
      gone.delete(turn.turnId);
      this.#put(turn, this.#says(turn, queued.indexOf(turn.turnId)));
    }
    for (const id of gone) {
      const item = this.#shown.get(id)?.item;
      item?.remove();
      this.#shown.delete(id);
      if (item) this.#saveWords(item);
    }
    this.#list.hidden = waiting.length === 0;
    this.#work(state, queued.length);
    this.#tell(waiting);
  }

  /** Gives back what is being written in place of a prompt that waits: the page is left. */
  leave(): void {
    for (const { item } of this.#shown.values()) this.#saveWords(item);
  }

  /** Stops the answer that is being written. */
  async interrupt(): Promise<void> {
    const answer = await this.api.post("/interrupt");
    announce(answer.kind === "done" ? "Claude is asked to stop." : answer.kind === "refused" ? answer.why : "That did not reach the server. Try again.");
  }

  #says(turn: Turn, place: number): string {
    if (turn.state === "suggested") return turn.accountId === this.people.me ? "Waits until somebody accepts it" : "suggests";
    return place === 0 ? "Next" : `Waits, number ${place + 1}`;
  }

  #put(turn: Turn, state: string): void {
    const said = JSON.stringify([turn, state, this.people.self.role]);
    const before = this.#shown.get(turn.turnId);
    if (before?.said === said || before?.item.matches(".editing")) return;
    const item = this.#item(turn, state);
    const focused = before?.item.contains(document.activeElement) === true;
    if (before) before.item.replaceWith(item);
    else this.#list.append(item);
    if (focused) one("button", item)?.focus();
    this.#shown.set(turn.turnId, { said, item });
  }

  #item(turn: Turn, state: string): HTMLElement {
    const author = this.people.find(turn.accountId);
    const mine = turn.accountId === this.people.me;
    const item = make("li", `turn entry prompt ${turn.state}`);
    const meta = make("header", "meta", avatar(author?.initial ?? "?", author?.hue ?? 0), make("h2", "who", turn.author), make("span", "state", state));
    const acts = make("p", "offers");
    const path = `/prompts/${turn.turnId}`;
    const decides = turn.state === "suggested" && this.people.may("prompter");
    if (decides) {
      acts.append(button("Accept", () => void this.#do(item, this.api.post(`${path}/accept`, { edits: turn.edits })), "small-button primary"));
      acts.append(button("Decline", () => void this.#do(item, this.api.post(`${path}/decline`))));
    }
    if (mine) {
      acts.append(button("Edit", () => this.#edit(item, turn, state)));
      acts.append(button("Withdraw", () => void this.#do(item, this.api.delete(path))));
    }
    item.append(meta, make("div", "bubble typed", turn.text ?? ""), files(turn));
    if (acts.childElementCount > 0) item.append(acts);
    return item;
  }

  #edit(item: HTMLElement, turn: Turn, state: string): void {
    const field = make("textarea", "edit-field");
    field.defaultValue = turn.text ?? "";
    field.ariaLabel = "Your prompt";
    field.dir = "auto";
    field.rows = Math.min(8, field.value.split("\n").length + 1);
    const close = () => {
      item.classList.remove("editing");
      const fresh = this.#item(turn, state);
      item.replaceWith(fresh);
      this.#shown.set(turn.turnId, { said: "", item: fresh });
      one("button", fresh)?.focus();
    };
    const save = async () => {
      item.classList.remove("editing");
      if (await this.#do(item, this.api.patch(`/prompts/${turn.turnId}`, { text: field.value }))) return;
      item.classList.add("editing");
      if (!item.isConnected) this.#saveWords(item);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
      else return;
      event.preventDefault();
    });
    item.classList.add("editing");
    one(".bubble", item)?.replaceWith(field);
    one(".offers", item)?.replaceChildren(button("Save", () => void save(), "small-button primary"), button("Cancel", close));
    field.focus();
  }

  // Claude may begin with a prompt while its author writes other words for it: they are not lost with it.
  #saveWords(item: HTMLElement): void {
    const field = item.matches(".editing") ? one<HTMLTextAreaElement>(".edit-field", item) : null;
    if (!field || field.value.trim() === "" || field.value === field.defaultValue) return;
    this.giveBack(field.value);
    announce("That prompt waits no more. What you wrote in its place is in your message.");
  }

  /** Whether it was done; else the item says why not. */
  async #do(item: HTMLElement, asked: ReturnType<Api["post"]>): Promise<boolean> {
    item.inert = true;
    const answer = await asked;
    item.inert = false;
    if (answer.kind === "done") return true;
    const why = answer.kind === "refused" ? answer.why : "That did not reach the server. Try again.";
    announce(why);
    one(".problem", item)?.remove();
    item.append(make("p", "problem", why));
    return false;
  }

  // What the agent does, over the field in which one writes: it is in view wherever one reads.
  #work(state: RoomState, queued: number): void {
    const place = this.#working;
    if (!place) return;
    const running = state.queue.turns.find((turn) => turn.state === "running");
    const says = running ? workingOn(running, this.people) : queued > 0 ? this.#waitsFor(state) : state.mode === "open" && state.queue.runner === "none" ? this.#noRunner(state) : "";
    const key = JSON.stringify([running?.turnId, running?.stoppedBy, says, this.people.self.role]);
    if (place.dataset["says"] === key) return;
    place.dataset["says"] = key;
    place.dataset["state"] = running ? "working" : "waiting";
    place.replaceChildren(...(says ? [make("span", "avatar agent", "✳"), make("span", "says", says)] : []));
    if (running && !running.stoppedBy && this.people.may("prompter")) place.append(button("Stop", () => void this.interrupt(), "small-button stop"));
  }

  #waitsFor(state: RoomState): string {
    if (state.queue.runner === "none") return this.#noRunner(state);
    return state.queue.runner === "busy" ? "Claude is busy in other workspaces: prompts wait." : "Claude is about to begin";
  }

  // What is to be done about it, after the first sentence, is the owner's to do.
  #noRunner({ queue }: RoomState): string {
    const why = queue.why ?? "Nothing answers here at the moment: you can talk, and prompts wait.";
    return this.people.may("owner") ? why : `${why.split(". ", 1)[0]!.replace(/\.$/, "")}.`;
  }

  // Whoever may decide is told, wherever the keyboard is.
  #tell(waiting: readonly Turn[]): void {
    const suggestions = waiting.filter((turn) => turn.state === "suggested" && turn.accountId !== this.people.me);
    if (suggestions.length > this.#suggestions && this.people.may("prompter")) announce(`${suggestions.at(-1)!.author} suggests a prompt`);
    this.#suggestions = suggestions.length;
  }
}

function workingOn(turn: Turn, people: People): string {
  if (turn.stoppedBy) return "Claude is stopping…";
  return turn.status ?? (turn.accountId === people.me ? "Claude is answering you" : `Claude is answering ${turn.author}`);
}

function files(turn: Turn): HTMLElement | string {
  return turn.attachments.length > 0 ? make("ul", "attached", ...turn.attachments.map(({ path }) => make("li", "", make("code", "", path)))) : "";
}
