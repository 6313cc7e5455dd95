import { announce, one } from "../dom";
import type { Log } from "./log";

// Pixels from the end within which a reader is at the end.
const near = 120;

// Milliseconds in which what comes is told to screen readers as one.
const pause = 5_000;

/** Keeps the newest entry in view for whoever is at the end, and tells everyone else how much has come. */
export class End {
  readonly #pill = one<HTMLButtonElement>("#newer");
  #following = false;
  #top = scrollY;
  #unseen = 0;
  #unsaid = 0;
  #saying = 0;

  constructor(private readonly log: Log) {
    const { list } = log;
    addEventListener("scroll", () => this.look(), { passive: true });
    // Images that load, code that gets its colours, a window that is turned.
    const sized = new ResizeObserver(() => this.#following && this.stay());
    sized.observe(list);
    addEventListener("resize", () => this.#following && this.stay());
    // Who unfolds something wants to read it, whatever comes.
    list.addEventListener("click", (event) => event.target instanceof Element && event.target.closest("summary") && (this.#following = false), true);
    list.addEventListener("toggle", () => this.look(), true);
    this.#pill?.addEventListener("click", () => this.go());
    this.look();
  }

  get isFollowing(): boolean {
    return this.#following;
  }

  /**
   * Looks where the reader is, before something changes. Only who scrolls up leaves the end; that the page grows below a reader does not take
   * them away from it.
   */
  look(): void {
    const left = document.documentElement.scrollHeight - scrollY - innerHeight;
    if (this.log.holdsEnd && left <= near) this.#follow(true);
    else if (scrollY < this.#top - 1 || !this.log.holdsEnd) this.#follow(false);
    this.#top = scrollY;
  }

  /** Goes to the end, and stays there. */
  go(): void {
    if (!this.log.holdsEnd) return location.assign(this.log.list.dataset["last"]!);
    this.#follow(true);
    this.stay();
  }

  /** Puts the end back into view after something has grown. */
  stay(): void {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    this.#top = scrollY;
  }

  /** So many entries have come. */
  arrived(count: number): void {
    if (this.#following) this.stay();
    else this.#count(this.#unseen + count);
    this.#unsaid += count;
    this.#saying ||= window.setTimeout(() => this.#say(), pause);
  }

  #follow(following: boolean): void {
    if (following) this.#count(0);
    if (following === this.#following) return;
    this.#following = following;
    // Whoever reloads at the end finds themselves at the end.
    history.scrollRestoration = following ? "manual" : "auto";
  }

  #count(unseen: number): void {
    this.#unseen = unseen;
    if (!this.#pill) return;
    this.#pill.hidden = unseen === 0;
    one(".much", this.#pill)!.textContent = `${unseen.toLocaleString("en")} new`;
  }

  #say(): void {
    announce(this.#unsaid === 1 ? "One new entry" : `${this.#unsaid} new entries`);
    this.#unsaid = this.#saying = 0;
  }
}
