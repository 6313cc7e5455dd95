import { all, announce, enhance, one } from "../dom";
import { goTo, seqOf } from "../session/entries";
import type { Api } from "./api";
import { make } from "./dom";
import { firstWord } from "./people";

// Milliseconds for which something was in view before it counts as seen.
const reading = 1_200;

/** Where I left, how far I have read, and where I was called by name. */
export class Unread {
  readonly #before: number;
  #seen: number;
  #timer = 0;

  constructor(
    private readonly api: Api,
    private readonly list: HTMLElement,
    seen: string | undefined,
    myName: string,
  ) {
    this.#before = seen === undefined ? Number(list.dataset["lastSeq"]) : Number(seen);
    this.#seen = seen === undefined ? 0 : this.#before;
    const names = new Set([myName, firstWord(myName)].map((name) => `@${name.toLowerCase()}`));
    enhance((root) => {
      for (const mention of all(".mention", root))
        if (names.has(mention.textContent.toLowerCase())) mention.closest(".entry")?.classList.add("mentions-me");
    });
    addEventListener("scroll", () => this.look(), { passive: true });
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("pagehide", () => this.#tell());
    this.#line();
    this.look();
  }

  /** Looks how far the reader is. */
  look(): void {
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible") this.#timer = window.setTimeout(() => this.#tell(), reading);
  }

  /** Goes to the next place below the keyboard's where I was called by name, or to the first one. */
  nextMention(): void {
    const mentions = all(".entry.mentions-me", this.list);
    const current = one(".entry.current", this.list);
    const next = mentions.find((entry) => current && seqOf(entry) > seqOf(current)) ?? mentions[0];
    if (next) goTo(next);
    else announce("Nobody has called you by name here.");
  }

  #tell(): void {
    const last = all(".entry", this.list).findLast((entry) => entry.checkVisibility() && entry.getBoundingClientRect().top < innerHeight);
    const seen = last ? seqOf(last) : 0;
    if (seen <= this.#seen) return;
    this.#seen = seen;
    this.api.leave("/seen", { seq: seen });
  }

  // Between what I had seen and what is new; a link leads there when it is not in view.
  #line(): void {
    const last = Number(this.list.dataset["lastSeq"]);
    const count = last - this.#before;
    if (count <= 0) return;
    const first = all(".entry", this.list).find((entry) => seqOf(entry) > this.#before);
    if (!first) return;
    const whole = seqOf(first) === this.#before + 1;
    const line = make("div", "unread-line", make("span", "", "New since your last visit"));
    line.role = "separator";
    line.id = "unread";
    if (whole) (first.closest("details.thread, details.rewound") ?? first).before(line);
    const jump = make("a", "unread-jump", `${count.toLocaleString("en")} new since your last visit`);
    jump.href = whole ? "#unread" : `${this.list.dataset["page"]}?at=${this.#before + 1}#e${this.#before + 1}`;
    jump.addEventListener("click", (event) => {
      jump.remove();
      if (!whole) return;
      event.preventDefault();
      line.scrollIntoView({ block: "center" });
      goTo(first);
    });
    one("#main")?.prepend(jump);
    if (!whole) return;
    // Who sees the line needs no way to it.
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      jump.remove();
      seen.disconnect();
    });
    seen.observe(line);
  }
}
