import { one } from "../dom";
import type { Api } from "./api";
import { avatar, list, make } from "./dom";
import type { People } from "./people";
import type { Typist } from "./state";

// Milliseconds: how often the others are told that I type, and how often what I write when they are to see it. The server forgets after 6 seconds.
const every = 3_000;
const everyDraft = 500;

/** Shows who types, and lets the others know that I do. */
export class Typing {
  readonly #place = one("#typing");
  #told = 0;
  #timer = 0;

  constructor(
    private readonly api: Api,
    private readonly people: People,
  ) {}

  show(typists: readonly Typist[]): void {
    if (!this.#place) return;
    const others = typists.flatMap(({ id, draft }) => {
      const person = id === this.people.me ? undefined : this.people.find(id);
      return person ? [{ person, draft }] : [];
    });
    const drafts = others.filter(({ draft }) => draft !== "");
    const quiet = others.filter(({ draft }) => draft === "").map(({ person }) => person.name);
    this.#place.replaceChildren(
      ...drafts.map(({ person, draft }) => {
        const line = make("span", "drafting", avatar(person.initial, person.hue), make("b", "", person.name), " is writing: ", make("q", "", draft));
        return line;
      }),
      ...(quiet.length > 0 ? [make("span", "who-types", dots(), `${list(quiet)} ${quiet.length === 1 ? "is" : "are"} typing`)] : []),
    );
  }

  /** I have written something; `draft` is what the others may see of it. */
  wrote(draft: string): void {
    clearTimeout(this.#timer);
    const wait = (draft ? everyDraft : every) - (Date.now() - this.#told);
    if (wait > 0 && !draft) return;
    this.#timer = window.setTimeout(() => {
      this.#told = Date.now();
      void this.api.post("/typing", draft ? { typing: true, draft } : { typing: true });
    }, Math.max(0, wait));
  }

  /** I have nothing to say any more. */
  stopped(): void {
    clearTimeout(this.#timer);
    if (this.#told === 0) return;
    this.#told = 0;
    this.api.leave("/typing", { typing: false });
  }
}

const dots = () => {
  const made = make("span", "dots", make("i"), make("i"), make("i"));
  made.ariaHidden = "true";
  return made;
};
