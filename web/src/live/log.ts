import { all, enhanceNew, one } from "../dom";
import { findEntry, seqOf } from "../session/entries";
import { keepPlace } from "../session/place";
import { lastIn, leavePager, pagerOf } from "../session/scroll";

/** An entry as the stream tells it. `html` has `<base>` where the page's address belongs. */
export interface EntryData {
  readonly seq: number;
  readonly role: string;
  readonly thread?: string | null;
  readonly html: string;
  /** The session's revision since when it has this content; only of a correction. */
  readonly revision?: number;
}

// A chunk is as large as a page that the server writes.
const chunkSize = 50;

// So many entries stay quick on a phone. Beyond them, what is far from the reader is let go until so few are left.
const maxEntries = 1000;
const keptEntries = 600;

// Windows' heights between the reader and what may go.
const far = 3;

/** The entries that stand in the page, and the place up to which the session is known here. */
export class Log {
  constructor(readonly list: HTMLElement) {
    // The page's entries are read after its head was: they may be ahead of it.
    this.lastSeq = Math.max(this.lastSeq, lastIn(list));
  }

  /** The newest entry that is known of, in the page or behind its link. */
  get lastSeq(): number {
    return Number(this.list.dataset["lastSeq"]);
  }

  set lastSeq(seq: number) {
    this.list.dataset["lastSeq"] = String(seq);
    this.list.dataset["last"] = `${this.list.dataset["page"]}?at=${seq}#e${seq}`;
  }

  /** Whether the newest entry stands in the page, rather than behind a link. */
  get holdsEnd(): boolean {
    return !pagerOf("after");
  }

  /** Where the stream of what comes next is. */
  get address(): string {
    const { events, revision } = this.list.dataset;
    return `${events}?format=html&after=${this.lastSeq}&revision=${revision}`;
  }

  /** Takes an entry that comes next; what is known already is not news. */
  take(entry: EntryData): boolean {
    if (entry.seq <= this.lastSeq) return false;
    this.lastSeq = entry.seq;
    if (!this.holdsEnd) return true;
    const article = this.#article(entry);
    article.classList.add("arrived");
    this.#placeFor(article).append(article);
    this.#foldAbandoned(article);
    return true;
  }

  /** Puts an entry's new content in its place. What is open stays open, and what is read stays where it is. */
  correct(entry: EntryData): void {
    this.list.dataset["revision"] = String(Math.max(Number(this.list.dataset["revision"]), entry.revision ?? 0));
    const old = findEntry(entry.seq);
    if (!old) return;
    const article = this.#article(entry);
    keepPlace(this.list, () => replace(old, article));
    this.#foldAbandoned(article);
  }

  /** Lets go of what is far from the reader once there is too much; links lead there. */
  trim(): void {
    let count = all(".entry", this.list).length;
    if (count <= maxEntries) return;
    const chunks = all(".chunk", this.list).map((element) => ({ element, away: distance(element), size: all(".entry", element).length }));
    const gone: HTMLElement[] = [];
    while (count > keptEntries && chunks.length > 1) {
      const chunk = chunks[0]!.away > chunks.at(-1)!.away ? chunks.shift()! : chunks.pop()!;
      if (chunk.away < far * innerHeight) break;
      gone.push(chunk.element);
      count -= chunk.size;
    }
    keepPlace(this.list, () => gone.forEach((chunk) => chunk.remove()));
    if (gone.length === 0) return;
    if (findEntry(1) === null) leavePager(this.list, "before");
    if (lastIn(this.list) < this.lastSeq) leavePager(this.list, "after");
  }

  // The HTML is the server's own rendering, and safe as the page is; from a template nothing in it runs.
  #article(entry: EntryData): HTMLElement {
    const template = document.createElement("template");
    template.innerHTML = entry.html.replaceAll("<base>", this.list.dataset["page"] ?? "");
    enhanceNew(template.content);
    return template.content.firstElementChild as HTMLElement;
  }

  #placeFor(article: HTMLElement): Element {
    const last = this.list.lastElementChild;
    const thread = article.dataset["thread"];
    const group = last?.lastElementChild;
    if (thread && group instanceof HTMLElement && group.matches(".thread") && group.dataset["thread"] === thread) return one(".steps", group)!;
    const chunk = last && all(".entry", last).length < chunkSize ? last : this.list.appendChild(element("div", "chunk"));
    return thread ? chunk.appendChild(threadGroup(thread, article.dataset["title"] ?? "")).lastElementChild! : chunk;
  }

  // The marker of a rewind folds away what it says was abandoned. Going back twice abandons what was abandoned before.
  #foldAbandoned(article: HTMLElement): void {
    const { from, to } = one(".rewind", article)?.dataset ?? {};
    if (!from || !to) return;
    const abandoned = (entry: Element) => seqOf(entry) >= Number(from) && seqOf(entry) <= Number(to);
    const parts = all(".chunk > *", this.list).filter((part) => entriesOf(part).some(abandoned));
    if (parts.length === 0 || (parts.length === 1 && parts[0]!.matches(".rewound"))) return;
    keepPlace(this.list, () => {
      const fold = element("details", "rewound");
      parts[0]!.before(fold);
      for (const part of parts) fold.append(...(part.matches(".rewound") ? all(":scope > :not(summary)", part) : [part]));
      parts.filter((part) => part.matches(".rewound")).forEach((part) => part.remove());
      const seqs = entriesOf(fold).map(seqOf);
      const count = Math.max(Number(to), ...seqs) - Math.min(Number(from), ...seqs) + 1;
      fold.prepend(element("summary", "", count === 1 ? "One abandoned entry" : `${count} abandoned entries`));
      all(".chunk:empty", this.list).forEach((chunk) => chunk.remove());
    });
  }
}

const entriesOf = (part: HTMLElement) => (part.matches(".entry") ? [part] : all(".entry", part));

// Pixels between an element and what is in view.
function distance(element: Element): number {
  const { top, bottom } = element.getBoundingClientRect();
  return Math.max(-bottom, top - innerHeight);
}

function replace(old: HTMLElement, article: HTMLElement): void {
  const folds = all<HTMLDetailsElement>("details", old);
  all<HTMLDetailsElement>("details", article).forEach((fold, i) => (fold.open = folds[i]?.open ?? fold.open));
  const stops = (entry: HTMLElement) => [entry, ...all("summary, a", entry)];
  const focused = stops(old).findIndex((stop) => stop === document.activeElement);
  const scrolled = all("pre", old).map((pre) => [pre.scrollLeft, pre.scrollTop] as const);
  article.classList.toggle("current", old.matches(".current"));
  if (old.hasAttribute("tabindex")) article.tabIndex = -1;
  old.replaceWith(article);
  all("pre", article).forEach((pre, i) => pre.scrollTo(...(scrolled[i] ?? [0, 0])));
  stops(article)[focused]?.focus({ preventScroll: true });
}

function threadGroup(thread: string, title: string): HTMLElement {
  const group = element("details", "thread");
  group.dataset["thread"] = thread;
  const summary = element("summary");
  const badge = element("span", "badge", "Subagent");
  badge.dataset["kind"] = "agent";
  summary.append(badge, element("span", "note", title));
  group.append(summary, element("div", "steps"));
  return group;
}

function element(name: string, className = "", text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
