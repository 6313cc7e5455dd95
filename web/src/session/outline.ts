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

function markWhatIsRead(place: HTMLElement): void {
  const links = all<HTMLAnchorElement>("a", place);
  let waiting = false;
  const mark = () => {
    waiting = false;
    const entry = document.elementsFromPoint(innerWidth / 2, 140).find((element) => element.closest(".entry"))?.closest(".entry");
    const seq = Number(entry?.id.slice(1));
    if (!seq) return;
    const reading = links.findLast((link) => Number(link.dataset["seq"]) <= seq);
    for (const link of links) {
      if (link === reading) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    reading?.scrollIntoView({ block: "nearest" });
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  };
  addEventListener("scroll", soon, { passive: true });
  mark();
}
