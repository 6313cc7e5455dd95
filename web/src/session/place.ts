import { all, one } from "../dom";

// What is above this many pixels is behind the bar.
const belowBar = 60;

/** Changes the entries without moving the one that is being read. */
export function keepPlace(list: HTMLElement, change: () => void): void {
  const read = entryAtTop(list);
  const before = read ? topOf(read) : 0;
  change();
  const now = read && one(`#${read.id}`, list);
  // Where the browser has not already kept the place.
  const moved = now ? topOf(now) - before : 0;
  if (Math.abs(moved) > 1) scrollBy({ top: moved, behavior: "instant" });
}

/** The first entry that is in view. */
function entryAtTop(list: HTMLElement): HTMLElement | undefined {
  const inView = (element: Element) => element.getBoundingClientRect().bottom > belowBar;
  const chunk = [...list.children].find(inView);
  return chunk && all(".entry", chunk).find((entry) => entry.checkVisibility() && inView(entry));
}

// An entry that is folded away stands where its fold stands.
const topOf = (entry: HTMLElement) =>
  (entry.checkVisibility() ? entry : (entry.closest("details:not([open])") ?? entry)).getBoundingClientRect().top;
