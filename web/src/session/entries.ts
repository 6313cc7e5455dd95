import { all, one } from "../dom";

/** Puts the keyboard on an entry: opens what folds it away and brings it into view. */
export function goTo(entry: HTMLElement): void {
  one(".entry.current")?.classList.remove("current");
  entry.classList.add("current");
  unfold(entry);
  entry.scrollIntoView({ block: entry.offsetHeight > innerHeight * 0.7 ? "start" : "center" });
  entry.tabIndex = -1;
  entry.focus({ preventScroll: true });
}

/** Goes to the next entry down (1) or up (-1) from the keyboard's, or to the first in view. */
export function step(direction: 1 | -1): void {
  const entries = all(".entry").filter((entry) => entry.checkVisibility());
  const at = entries.findIndex((entry) => entry.matches(".current"));
  const next = at >= 0 ? at + direction : entries.findIndex((entry) => entry.getBoundingClientRect().bottom > 80);
  const entry = entries[Math.min(Math.max(next, 0), entries.length - 1)];
  if (entry) goTo(entry);
}

/** Opens every tool call, result and thought of the page, or closes them when all are open. */
export function toggleAll(): void {
  const folds = all<HTMLDetailsElement>(".entry details");
  const open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
}

/** The entry when it is in the page. */
export const findEntry = (seq: number) => one(`#e${seq}`);

/** An entry's place in its session. */
export const seqOf = (entry: Element) => Number(entry.id.slice(1));

// What folds whole entries away: a subagent's group, and what was abandoned.
function unfold(entry: HTMLElement): void {
  for (let fold = entry.parentElement?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
}

/** The entry that the address names, when it is in the page. */
export const addressedEntry = () => (/^#e\d+$/.test(location.hash) ? one(location.hash) : null);

/** Shows the entry that the address names: out of a folded group, and from the server when it is not in the page. */
export function followAddress(): void {
  const show = () => {
    const entry = addressedEntry();
    if (!entry) return fetchAddressed();
    unfold(entry);
    entry.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", show);
  if (opensAtEnd()) scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  // Coming back to a page keeps the place where the reader was.
  else if (!isReturn()) show();
}

/** Whether a session that goes on is to be shown where it is now: the address says nothing else, and whoever came back was there before. */
export function opensAtEnd(): boolean {
  if (one("#entries")?.dataset["live"] !== "live") return false;
  return isReturn() ? history.scrollRestoration === "manual" : location.search === "" && location.hash === "";
}

// The server finds the entry of ?at=; when it can't, it is not asked again.
function fetchAddressed(): void {
  const seq = /^#e(\d+)$/.exec(location.hash)?.[1];
  if (seq && new URLSearchParams(location.search).get("at") !== seq) location.replace(`?at=${seq}#e${seq}`);
}

// Whether the browser came back to the page or loaded it again, and finds the reader's place itself.
const isReturn = () =>
  performance.getEntriesByType("navigation").some((entry) => entry instanceof PerformanceNavigationTiming && entry.type !== "navigate");
