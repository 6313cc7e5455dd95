import { announce, enhanceNew, fetchPage, one } from "../dom";

type Edge = "before" | "after";

/** Turns the links to the pages before and after into scrolling without end, in both directions and without a jump. */
export function endlessScroll(): void {
  const list = one("#entries");
  if (!list) return;
  watch(list, "before", "400px");
  watch(list, "after", "1200px");
}

const pagerOf = (edge: Edge, root?: ParentNode) => one(`.pager[data-edge="${edge}"]`, root);

function watch(list: HTMLElement, edge: Edge, margin: string): void {
  let loading = false;
  const seen = new IntersectionObserver(
    async (entries) => {
      if (loading || !entries.at(-1)?.isIntersecting) return;
      loading = true;
      await load(list, edge).catch(() => announce("More entries could not be loaded. The link loads them."));
      loading = false;
      // Observed anew, so that an edge that is still in view is seen again.
      const pager = pagerOf(edge);
      if (!pager) return;
      seen.unobserve(pager);
      requestAnimationFrame(() => seen.observe(pager));
    },
    { rootMargin: margin },
  );
  const pager = pagerOf(edge);
  if (pager) seen.observe(pager);
}

async function load(list: HTMLElement, edge: Edge): Promise<void> {
  const pager = pagerOf(edge);
  const link = pager && one<HTMLAnchorElement>("a", pager);
  if (!pager || !link) return;
  const page = await fetchPage(link.href);
  const incoming = one("#entries", page);
  if (!incoming) return;
  enhanceNew(incoming);
  const count = incoming.querySelectorAll(".entry").length;
  if (edge === "after") append(list, incoming);
  else prepend(list, incoming);
  const next = one<HTMLAnchorElement>(`.pager[data-edge="${edge}"] a`, page);
  if (next) link.href = next.getAttribute("href")!;
  else pager.remove();
  announce(`${count} more entries`);
}

function append(list: HTMLElement, incoming: HTMLElement): void {
  joinThread(list.lastElementChild?.lastElementChild, incoming.firstElementChild?.firstElementChild, (group, steps) => group.append(...steps));
  list.append(...incoming.childNodes);
}

function prepend(list: HTMLElement, incoming: HTMLElement): void {
  const anchor = list.firstElementChild;
  const before = anchor?.getBoundingClientRect().top ?? 0;
  joinThread(list.firstElementChild?.firstElementChild, incoming.lastElementChild?.lastElementChild, (group, steps) => group.prepend(...steps));
  list.prepend(...incoming.childNodes);
  // Where the browser has not already kept the place.
  const moved = (anchor?.getBoundingClientRect().top ?? 0) - before;
  if (Math.abs(moved) > 1) scrollBy({ top: moved, behavior: "instant" });
}

/** Joins the parts of a subagent's group that was cut by the page's end. */
function joinThread(here: Element | null | undefined, there: Element | null | undefined, join: (group: Element, steps: Node[]) => void): void {
  if (!(here instanceof HTMLElement) || !(there instanceof HTMLElement) || !here.matches(".thread") || !there.matches(".thread")) return;
  if (here.dataset["thread"] !== there.dataset["thread"]) return;
  const group = one(".steps", here);
  const steps = one(".steps", there);
  if (!group || !steps) return;
  join(group, [...steps.childNodes]);
  there.remove();
}
