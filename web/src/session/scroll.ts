import { all, announce, enhanceNew, fetchPage, one } from "../dom";
import { seqOf } from "./entries";
import { keepPlace } from "./place";

export type Edge = "before" | "after";

// How far from the reader an edge is when it is loaded.
const margins: Record<Edge, string> = { before: "400px", after: "1200px" };
const watchers = new Map<Edge, IntersectionObserver>();

/** Turns the links to the pages before and after into scrolling without end, in both directions and without a jump. */
export function endlessScroll(): void {
  const list = one("#entries");
  if (!list) return;
  watch(list, "before");
  watch(list, "after");
}

/** The link to what is not in the page at one of its edges. */
export const pagerOf = (edge: Edge, root?: ParentNode) => one(`.pager[data-edge="${edge}"]`, root);

/** The seq of the last entry of the list; 0 in an empty one. */
export const lastIn = (list: HTMLElement) => seqOf(all(".entry", list).at(-1) ?? list) || 0;

/** Leaves a link where entries were taken out of the page at one of its edges. */
export function leavePager(list: HTMLElement, edge: Edge): void {
  const entries = all(".entry", list);
  const beside = entries.at(edge === "before" ? 0 : -1);
  if (!beside) return;
  const pager = pagerOf(edge) ?? one<HTMLTemplateElement>(`template[data-pager="${edge}"]`)?.content.firstElementChild?.cloneNode(true);
  if (!(pager instanceof HTMLElement)) return;
  one<HTMLAnchorElement>("a", pager)!.href = `${list.dataset["page"]}?${edge}=${seqOf(beside)}`;
  if (!pager.isConnected) list[edge](pager);
  watchers.get(edge)?.observe(pager);
}

function watch(list: HTMLElement, edge: Edge): void {
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
    { rootMargin: margins[edge] },
  );
  watchers.set(edge, seen);
  const pager = pagerOf(edge);
  if (pager) seen.observe(pager);
}

async function load(list: HTMLElement, edge: Edge): Promise<void> {
  const pager = pagerOf(edge);
  const link = pager && one<HTMLAnchorElement>("a", pager);
  if (!pager || !link) return;
  const page = await fetchPage(link.href);
  const incoming = one("#entries", page);
  // What a correction has taken out since is not brought back: it is asked for again.
  if (!incoming || revisionOf(incoming) < revisionOf(list)) return;
  enhanceNew(incoming);
  const count = incoming.querySelectorAll(".entry").length;
  if (edge === "after") append(list, incoming);
  else prepend(list, incoming);
  const next = one<HTMLAnchorElement>(`.pager[data-edge="${edge}"] a`, page);
  if (next) link.href = next.getAttribute("href")!;
  else if (edge === "after" && Number(list.dataset["lastSeq"]) > lastIn(list)) leavePager(list, edge);
  else pager.remove();
  announce(`${count} more entries`);
}

const revisionOf = (list: HTMLElement) => Number(list.dataset["revision"]) || 0;

function append(list: HTMLElement, incoming: HTMLElement): void {
  joinGroups(list.lastElementChild?.lastElementChild, incoming.firstElementChild?.firstElementChild, "after");
  list.append(...incoming.childNodes);
}

function prepend(list: HTMLElement, incoming: HTMLElement): void {
  keepPlace(list, () => {
    joinGroups(list.firstElementChild?.firstElementChild, incoming.lastElementChild?.lastElementChild, "before");
    list.prepend(...incoming.childNodes);
  });
}

/** Joins the parts of a subagent's group, or of what was abandoned, that were cut by the page's end. */
function joinGroups(here: Element | null | undefined, there: Element | null | undefined, edge: Edge): void {
  if (!(here instanceof HTMLDetailsElement) || !(there instanceof HTMLDetailsElement)) return;
  if (here.className !== there.className || here.dataset["thread"] !== there.dataset["thread"]) return;
  stepsOf(here).at(edge === "before" ? 0 : -1)?.[edge](...stepsOf(there));
  // A chunk that was nothing but a part of the group is gone with it.
  const chunk = there.parentElement;
  there.remove();
  if (chunk?.childElementCount === 0) chunk.remove();
}

const stepsOf = (group: HTMLElement) => all(":scope > .steps > *, :scope:not(:has(> .steps)) > :not(summary)", group);
