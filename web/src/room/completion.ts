import { announce } from "../dom";
import { make } from "./dom";

/** Something that can be chosen while one writes. */
export interface Choice {
  readonly label: string;
  readonly hint?: string;
  readonly mark?: HTMLElement;
  /** What stands in the text for it, in place of what was begun; without it the text is emptied. */
  readonly text?: string;
  act?(): void;
}

/** What can be chosen for the text before the caret, and where in it what was begun begins; undefined for nothing. */
export type Source = (before: string) => { readonly from: number; readonly choices: readonly Choice[] } | undefined;

/** The list over a text field that offers how to go on; the focus stays in the field. */
export class Completion {
  #choices: readonly Choice[] = [];
  #from = 0;
  #at = 0;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly list: HTMLElement,
    private readonly source: Source,
    private readonly changed: () => void,
  ) {
    field.addEventListener("input", () => this.look());
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
      if (option) this.#choose(Number(option.dataset["at"]));
    });
  }

  get isOpen(): boolean {
    return !this.list.hidden;
  }

  /** Offers what goes with the text before the caret. */
  look(): void {
    const found = this.field.selectionStart === this.field.selectionEnd ? this.source(this.field.value.slice(0, this.field.selectionStart)) : undefined;
    if (!found || found.choices.length === 0) return this.close();
    const opened = !this.isOpen;
    [this.#choices, this.#from, this.#at] = [found.choices, found.from, 0];
    this.list.replaceChildren(...found.choices.map((choice, at) => option(choice, at)));
    this.list.hidden = false;
    this.#mark();
    if (opened) announce(`${found.choices.length} suggestions; up and down to choose, Enter to take one`);
  }

  close(): void {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /** Whether the key was for the list. */
  takes(event: KeyboardEvent): boolean {
    if (!this.isOpen || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "ArrowDown") this.#move(1);
    else if (event.key === "ArrowUp") this.#move(-1);
    else if (event.key === "Enter" || event.key === "Tab") this.#choose(this.#at);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #move(by: number): void {
    this.#at = (this.#at + by + this.#choices.length) % this.#choices.length;
    this.#mark();
  }

  #mark(): void {
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.#at)));
    const chosen = this.list.children[this.#at];
    chosen?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", chosen?.id ?? "");
  }

  #choose(at: number): void {
    const choice = this.#choices[at];
    this.close();
    if (!choice) return;
    const end = this.field.selectionStart;
    this.field.setRangeText(choice.text ?? "", this.#from, end, "end");
    this.field.focus();
    this.changed();
    choice.act?.();
  }
}

function option(choice: Choice, at: number): HTMLElement {
  const made = make("li", "", ...(choice.mark ? [choice.mark] : []), make("span", "label", choice.label), ...(choice.hint ? [make("span", "hint", choice.hint)] : []));
  made.id = `choice-${at}`;
  made.role = "option";
  made.dataset["at"] = String(at);
  return made;
}
