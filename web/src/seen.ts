import { all, enhance } from "./dom";

/**
 * Calls back for each entry when it comes into view, and again when something in it is unfolded. The browser itself tells which entries it
 * lays out (content-visibility), so ten thousand of them cost nothing while they are out of view.
 */
export function whenSeen(look: (root: HTMLElement) => void): void {
  if ("ContentVisibilityAutoStateChangeEvent" in window)
    document.addEventListener("contentvisibilityautostatechange", (event) => {
      const { target, skipped } = event as ContentVisibilityAutoStateChangeEvent;
      if (!skipped && target instanceof HTMLElement && target.matches(".entry")) look(target);
    });
  else {
    const observer = new IntersectionObserver((entries) => entries.forEach((e) => e.isIntersecting && look(e.target as HTMLElement)), { rootMargin: "300px" });
    enhance((root) => all(".entry", root).forEach((entry) => observer.observe(entry)));
  }
  // Does not bubble, so it is caught on its way down.
  document.addEventListener(
    "toggle",
    (event) => {
      const fold = event.target;
      if (fold instanceof HTMLDetailsElement && fold.open && fold.checkVisibility({ contentVisibilityAuto: true })) look(fold);
    },
    true,
  );
  // A file that is shown over the page.
  enhance((root) => all(".file", root).forEach((file) => requestAnimationFrame(() => look(file))));
  // What was laid out before this script ran, and snippets that stand outside of entries.
  look(document.body);
}
