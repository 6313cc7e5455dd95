import { all, one } from "../dom";

/**
 * Takes everything of the session off the screen, for good: out of the page, its title, its head and its address, with what a search or an
 * outline had found, and says why.
 */
export function emptyScreen(): void {
  hideScreen(false);
  const notice = one<HTMLTemplateElement>("#gone");
  if (!notice) return;
  const bar = document.createElement("header");
  bar.className = "topbar";
  bar.append(...all(".brand, [data-theme-button]"));
  document.body.replaceChildren(bar, notice.content.cloneNode(true));
  document.title = one("h1")?.textContent ?? "";
  all("meta[property], meta[name=description]", document.head).forEach((meta) => meta.remove());
  if ("highlights" in CSS) CSS.highlights.clear();
  history.replaceState(null, "", location.pathname);
  scrollTo(0, 0);
  one("#main")?.focus();
}

/** Hides what may have been taken back while nobody looked, until that is known. */
export const hideScreen = (hidden: boolean) => document.documentElement.classList.toggle("away", hidden);

/**
 * A page that the browser has kept while its reader was elsewhere is shown again only once the server has said that it may still be read.
 */
export function askOnReturn(): void {
  if (!one("#gone")) return;
  addEventListener("pagehide", (event) => hideScreen(event.persisted));
  addEventListener("pageshow", async (event) => {
    if (!event.persisted) return;
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" }).catch(() => undefined);
    if (answer?.ok) hideScreen(false);
    else if (answer?.status === 404) emptyScreen();
    else location.reload();
  });
}
