import { fetchPage, one } from "../dom";
import { showPrompts, wantsPrompts } from "../session/outline";

// Milliseconds in which the readers of a session ask, so that they don't do it all at once.
const spread = 1500;

/**
 * Brings what stands around the entries up to date: the title, the facts under it and the table of prompts. They come from the page of prompts,
 * which has all of them.
 */
export class Surroundings {
  #asked = 0;

  constructor(private readonly page: string) {}

  /** So many entries are in the session. */
  counted(entries: number): void {
    const fact = one(".about [data-fact=entries] bdi");
    if (fact) fact.textContent = entries === 1 ? "1 entry" : `${entries.toLocaleString("en")} entries`;
  }

  /** There is one prompt more. */
  prompted(): void {
    if (wantsPrompts()) this.#ask();
  }

  /** What an entry said may be repeated in them, and in what a search has found. */
  corrected(): void {
    one(".results-here")?.replaceChildren();
    this.#ask();
  }

  #ask(): void {
    this.#asked ||= window.setTimeout(() => void this.#refresh(), Math.random() * spread);
  }

  async #refresh(): Promise<void> {
    this.#asked = 0;
    const now = await fetchPage(`${this.page}/prompts`).catch(() => undefined);
    const [old, head] = [one(".about"), now && one(".about", now)];
    // What comes after the screen was emptied is not shown.
    if (!now || !old || !head) return;
    old.replaceWith(head);
    const title = one("h1", head)?.textContent ?? "";
    document.title = `${title} · Parley`;
    const bar = one(".where");
    if (bar) bar.textContent = title;
    showPrompts(one(".prompts", now));
  }
}
