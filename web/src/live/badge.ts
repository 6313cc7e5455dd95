import { one } from "../dom";

/** Whether the session goes on, as its badge names it. */
type State = "live" | "away" | "ended" | "lost";

const words: Record<State, [label: string, title: string]> = {
  live: ["Live", "New entries appear by themselves"],
  away: ["Author away", "The author's machine is not connected; this page goes on when it is back"],
  ended: ["Ended", "The author has ended this session"],
  lost: ["Reconnecting", "The connection was lost; this page goes on by itself when it is back"],
};

/** Says beside the title how the session goes on, and how many watch it. */
export class Badge {
  readonly #badge = one("#live");
  #ended: boolean;
  #lost = false;
  #driver = true;

  constructor(ended: boolean) {
    this.#ended = ended;
    this.#show();
  }

  set ended(ended: boolean) {
    this.#ended = ended;
    const ending = one("#ending");
    if (ending) ending.hidden = !ended;
    this.#show();
  }

  set lost(lost: boolean) {
    this.#lost = lost;
    this.#show();
  }

  /** Who is there: readers of this session, and the machine that it comes from. */
  presence(viewers: number, driver: boolean): void {
    this.#driver = driver;
    const watching = this.#badge && one(".watching", this.#badge);
    if (watching) {
      watching.hidden = viewers < 1;
      one(".viewers", watching)!.textContent = viewers.toLocaleString("en");
    }
    this.#show();
  }

  #show(): void {
    const state: State = this.#lost ? "lost" : this.#ended ? "ended" : this.#driver ? "live" : "away";
    const badge = this.#badge;
    if (!badge || badge.dataset["state"] === state) return;
    const [label, title] = words[state];
    badge.dataset["state"] = state;
    badge.title = title;
    one(".state", badge)!.textContent = label;
  }
}
