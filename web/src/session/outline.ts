import { all, fetchPage, one } from "../dom";
import { findEntry, goTo, seqOf } from "./entries";

const wide = () => matchMedia("(min-width: 76rem)");

/** Fills the table of prompts beside the conversation, where there is room for it, and marks the prompt that is being read. */
export function outline(): void {
  const place = one("#outline");
  const source = place?.dataset["source"];
  if (!place || !source) return;
  const fill = async () => {
    if (wantsPrompts() && !one(".prompts", place)) showPrompts(one(".prompts", await fetchPage(source)));
  };
  place.addEventListener("click", follow);
  markWhatIsRead(place);
  wide().addEventListener("change", () => void fill());
  void fill();
}

/** Whether there is room for the table of prompts. */
export const wantsPrompts = () => wide().matches;

/** Shows the prompts, as the page of prompts lists them. A single one is no table. */
export function showPrompts(list: HTMLElement | null): void {
  const place = one("#outline");
  if (!place || !list || list.childElementCount < 2) return;
  one(".prompts", place)?.remove();
  place.append(list);
  place.hidden = false;
  // Marked as after scrolling.
  dispatchEvent(new Event("scroll"));
}

// A prompt that is in the page needs no other page.
function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a") : null;
  const entry = link && findEntry(Number(link.dataset["seq"]));
  if (!link || !entry || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  history.replaceState(null, "", `#e${link.dataset["seq"]}`);
  goTo(entry);
}

// Once the scrolling rests: while it goes on nobody reads the table.
function markWhatIsRead(place: HTMLElement): void {
  const mark = () => {
    const entry = document.elementFromPoint(place.getBoundingClientRect().right + 120, 140)?.closest(".entry");
    if (!entry) return;
    const links = all<HTMLAnchorElement>("a", place);
    const reading = links.findLast((link) => Number(link.dataset["seq"]) <= seqOf(entry));
    const marked = links.find((link) => link.ariaCurrent);
    if (reading === marked) return;
    marked?.removeAttribute("aria-current");
    reading?.setAttribute("aria-current", "true");
    reading?.scrollIntoView({ block: "nearest" });
  };
  let rest = 0;
  addEventListener(
    "scroll",
    () => {
      clearTimeout(rest);
      rest = window.setTimeout(mark, 80);
    },
    { passive: true },
  );
}
