import { all, fetchPage, one } from "../dom";
import { addressedEntry, findEntry, goTo } from "./entries";

/** Opens the search over the page. Without script the same form leads to the same results. */
export function openSearch(): void {
  const dialog = one<HTMLDialogElement>("#search");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  one<HTMLInputElement>("input", dialog)?.select();
}

export function search(): void {
  const dialog = one<HTMLDialogElement>("#search");
  const input = dialog && one<HTMLInputElement>("input", dialog);
  const form = dialog && one<HTMLFormElement>("form", dialog);
  const results = dialog && one(".results-here", dialog);
  if (!dialog || !input || !form || !results) return;

  one("[data-search-button]")?.addEventListener("click", (event) => {
    event.preventDefault();
    openSearch();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = one<HTMLAnchorElement>("a.chosen", results) ?? one<HTMLAnchorElement>("a", results);
    if (chosen) choose(chosen, input.value, dialog);
  });
  results.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a") : null;
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(link, input.value, dialog);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    move(results, event.key === "ArrowDown" ? 1 : -1);
  });
  askWhileTyping(form, input, results);
  const entry = addressedEntry();
  if (entry) markFound(new URLSearchParams(location.search).get("found") ?? "", entry);
}

function askWhileTyping(form: HTMLFormElement, input: HTMLInputElement, results: HTMLElement): void {
  let asked: AbortController | undefined;
  let timer = 0;
  const ask = async (query: string) => {
    const mine = (asked = new AbortController());
    const address = new URL(form.action);
    address.searchParams.set("q", query);
    try {
      const found = one(".hits", await fetchPage(address.href, mine.signal));
      if (found) results.replaceChildren(found);
      move(results, 1);
    } catch (error) {
      if (!mine.signal.aborted) results.textContent = error instanceof Error ? error.message : "";
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked?.abort();
    const query = input.value.trim();
    if (query.length === 0) results.replaceChildren();
    else timer = window.setTimeout(() => void ask(query), 120);
  });
}

function move(results: HTMLElement, direction: 1 | -1): void {
  const links = all<HTMLAnchorElement>("a", results);
  if (links.length === 0) return;
  const at = links.findIndex((link) => link.classList.contains("chosen"));
  const next = links[at < 0 ? 0 : (at + direction + links.length) % links.length];
  links[at]?.classList.remove("chosen");
  next?.classList.add("chosen");
  next?.scrollIntoView({ block: "nearest" });
}

function choose(link: HTMLAnchorElement, query: string, dialog: HTMLDialogElement): void {
  const seq = Number(link.dataset["seq"]);
  const entry = findEntry(seq);
  dialog.close();
  if (!entry) {
    const address = new URL(link.href);
    address.searchParams.set("found", query);
    location.assign(address);
    return;
  }
  history.replaceState(null, "", `#e${seq}`);
  markFound(query, entry);
  goTo(entry);
}

/** Marks the searched words in an entry. What folds them away is opened first. */
function markFound(query: string, entry: HTMLElement): void {
  const needle = query.trim().toLowerCase();
  if (!needle || !("highlights" in CSS)) return;
  const found = new Highlight();
  const walker = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    const lower = text.data.toLowerCase();
    for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, at + needle.length)) {
      const range = new Range();
      range.setStart(text, Math.min(text.length, at));
      range.setEnd(text, Math.min(text.length, at + needle.length));
      found.add(range);
      for (let fold = text.parentElement?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
    }
  }
  CSS.highlights.set("found", found);
}
