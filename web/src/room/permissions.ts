import { announce } from "../dom";
import type { Api } from "./api";
import { button, make } from "./dom";
import type { People } from "./people";
import type { Asked, RoomState } from "./state";

// Milliseconds in which a card that has just come can't be answered: nobody allows by a tap that was meant for something else.
const settling = 600;

/** What the agent asks for before it does it. A card shows all of what would run, as text, and is decided on once. */
export class Permissions {
  readonly #shown = new Map<string, HTMLElement>();
  #clock = 0;

  constructor(
    private readonly api: Api,
    private readonly people: People,
    private readonly list: HTMLElement,
  ) {
    list.replaceChildren();
  }

  show(state: RoomState): void {
    const gone = new Set(this.#shown.keys());
    for (const asked of state.permissions) {
      gone.delete(asked.permissionId);
      if (this.#shown.has(asked.permissionId)) continue;
      const card = this.#card(asked);
      this.#shown.set(asked.permissionId, card);
      this.list.append(card);
      announce(`Claude asks to use ${asked.tool}${this.#decides ? ": allow or deny it" : ""}`);
    }
    for (const id of gone) this.#drop(id);
    this.#tick();
  }

  get #decides(): boolean {
    return this.people.self.approves === true;
  }

  #card(asked: Asked): HTMLElement {
    const title = make("h2", "", "Claude asks to use ", make("code", "", ...plainly(asked.tool)), " ", make("span", "", `for ${asked.prompter}`));
    const shown = make("pre", "", ...asked.lines.map((line) => make("span", "line", ...plainly(line))));
    shown.tabIndex = 0;
    shown.ariaLabel = "What would run";
    const left = make("span", "left");
    left.dataset["until"] = asked.expiresAt;
    const card = make("li", "permission", title, shown);
    card.append(this.#decides ? this.#offers(card, asked, left) : make("p", "quiet", `${this.people.all[0]?.name ?? "The owner"}, or whoever was made an approver, decides. `, left));
    return card;
  }

  #offers(card: HTMLElement, asked: Asked, left: HTMLElement): HTMLElement {
    const path = `/permissions/${asked.permissionId}`;
    const deny = button("Deny", () => void this.#decide(card, `${path}/deny`));
    const allow = button("Allow once", () => void this.#decide(card, `${path}/allow`), "small-button primary");
    for (const one of [deny, allow]) {
      one.disabled = true;
      setTimeout(() => (one.disabled = false), settling);
    }
    return make("div", "offers", deny, allow, left);
  }

  async #decide(card: HTMLElement, path: string): Promise<void> {
    card.inert = true;
    const answer = await this.api.post(path);
    if (answer.kind === "done") return;
    card.inert = false;
    const why = answer.kind === "refused" ? answer.why : "That did not reach the server. Try again.";
    announce(why);
    card.querySelector(".problem")?.remove();
    card.append(make("p", "problem", why));
  }

  #drop(id: string): void {
    this.#shown.get(id)?.remove();
    this.#shown.delete(id);
  }

  // The time that is left, and the end of what nobody has decided on in time.
  #tick(): void {
    clearTimeout(this.#clock);
    for (const [id, card] of this.#shown) {
      const left = card.querySelector<HTMLElement>(".left")!;
      const seconds = Math.ceil((Date.parse(left.dataset["until"] ?? "") - Date.now()) / 1000);
      left.textContent = seconds > 60 ? `${Math.ceil(seconds / 60)} min left` : `${seconds} s left`;
      if (seconds <= 0) this.#drop(id);
    }
    this.list.hidden = this.#shown.size === 0;
    if (this.#shown.size > 0) this.#clock = setTimeout(() => this.#tick(), 1000);
  }
}

/** Text in which everything but plain ASCII is marked: letters of another alphabet that look like ours are seen to be none. */
function plainly(text: string): Node[] {
  return text.split(/([^\t\n\x20-\x7e]+)/).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const foreign = make("mark", "", part);
    foreign.title = [...part].map((c) => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`).join(" ");
    return foreign;
  });
}
