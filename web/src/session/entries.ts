import { all, one } from "../dom";

let current: HTMLElement | undefined;

/** Puts the keyboard on an entry: opens what folds it away and brings it into view. */
export function goTo(entry: HTMLElement): void {
  current?.classList.remove("current");
  current = entry;
  entry.classList.add("current");
  entry.closest<HTMLDetailsElement>("details.thread")?.setAttribute("open", "");
  entry.scrollIntoView({ block: entry.offsetHeight > innerHeight * 0.7 ? "start" : "center" });
  entry.tabIndex = -1;
  entry.focus({ preventScroll: true });
}

/** Goes to the next entry down (1) or up (-1) from the keyboard's, or to the first in view. */
export function step(direction: 1 | -1): void {
  const entries = all(".entry").filter((entry) => entry.checkVisibility());
  const at = current ? entries.indexOf(current) : -1;
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

/** The entry that the address names, when it is in the page. */
export const addressedEntry = () => (/^#e\d+$/.test(location.hash) ? one(location.hash) : null);

/** Shows the entry that the address names: out of a folded group, and from the server when it is not in the page. */
export function followAddress(): void {
  const show = () => {
    const entry = addressedEntry();
    if (!entry) return fetchAddressed();
    const group = entry.closest<HTMLDetailsElement>("details.thread:not([open])");
    if (group) group.open = true;
    entry.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", show);
  // Coming back to a page keeps the place where the reader was.
  if (!isReturn()) show();
}

// The server finds the entry of ?at=; when it can't, it is not asked again.
function fetchAddressed(): void {
  const seq = /^#e(\d+)$/.exec(location.hash)?.[1];
  if (seq && new URLSearchParams(location.search).get("at") !== seq) location.replace(`?at=${seq}#e${seq}`);
}

const isReturn = () =>
  performance.getEntriesByType("navigation").some((entry) => entry instanceof PerformanceNavigationTiming && entry.type !== "navigate");
