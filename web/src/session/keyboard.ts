import { one } from "../dom";
import { step, toggleAll } from "./entries";
import { openSearch } from "./search";

/** The keys of the session page; the dialog that "?" opens lists them. */
export function keyboard(): void {
  const help = one<HTMLDialogElement>("#keys");
  const keys: Record<string, () => void> = {
    j: () => step(1),
    k: () => step(-1),
    o: toggleAll,
    g: () => goToEdge("first"),
    G: () => goToEdge("last"),
    "/": openSearch,
    t: () => one<HTMLButtonElement>("[data-theme-button]")?.click(),
    "?": () => help?.showModal(),
  };
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [contenteditable]");
    const act = keys[event.key];
    if (!act || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  one("[data-keys-button]")?.addEventListener("click", () => help?.showModal());
}

// The ends of the session may not be loaded yet: then the page around them is opened.
function goToEdge(edge: "first" | "last"): void {
  const missing = one(`.pager[data-edge="${edge === "first" ? "before" : "after"}"]`);
  const address = one("#entries")?.dataset[edge];
  if (missing && address) location.assign(address);
  else scrollTo({ top: edge === "first" ? 0 : document.documentElement.scrollHeight });
}
