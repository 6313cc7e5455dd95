import { all, fetchPage, one } from "../dom";
import { findEntry, goTo } from "./entries";

/** Fills the table of prompts beside the conversation, where there is room for it, and marks the prompt that is being read. */
export function outline(): void {
  const place = one("#outline");
  const source = place?.dataset["source"];
  if (!place || !source) return;
  const wide = matchMedia("(min-width: 76rem)");
  const fill = async () => {
    if (!wide.matches || one(".prompts", place)) return;
    const list = one(".prompts", await fetchPage(source));
    if (!list || list.childElementCount < 2) return;
    place.append(list);
    place.hidden = false;
    place.addEventListener("click", follow);
    markWhatIsRead(place);
  };
  wide.addEventListener("change", () => void fill());
  void fill();
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
  const links = all<HTMLAnchorElement>("a", place);
  const seqs = links.map((link) => Number(link.dataset["seq"]));
  let marked: HTMLAnchorElement | undefined;
  const mark = () => {
    const entry = document.elementFromPoint(place.getBoundingClientRect().right + 120, 140)?.closest(".entry");
    const seq = Number(entry?.id.slice(1));
    const reading = seq ? links[seqs.findLastIndex((prompt) => prompt <= seq)] : marked;
    if (reading === marked) return;
    marked?.removeAttribute("aria-current");
    reading?.setAttribute("aria-current", "true");
    reading?.scrollIntoView({ block: "nearest" });
    marked = reading;
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
  mark();
}
