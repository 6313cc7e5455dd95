import { all, announce, enhanceNew, fetchPage, one } from "../dom";
import { openDialog } from "./dialogs";

/** How often the counts are looked at again while somebody looks at them, in milliseconds. */
const interval = 10_000;

/** The pages of an owner: forms act without leaving the page, and what others do meanwhile comes into it. */
export function shares(): void {
  const main = one("main[data-refresh]");
  if (!main) return;
  main.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-here]")) return;
    event.preventDefault();
    void submit(main, form);
  });
  const look = () => void refresh(main).catch(() => {});
  setInterval(look, interval);
  document.addEventListener("visibilitychange", look);
}

async function submit(main: HTMLElement, form: HTMLFormElement): Promise<void> {
  const button = one<HTMLButtonElement>("button", form);
  if (button) button.disabled = true;
  const before = new Set(ways(main).map((way) => way.id));
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { accept: "text/html" }, body: new URLSearchParams(fields(form)) });
    if (answer.status === 401) return location.reload();
    const same = new URL(answer.url).pathname === location.pathname || !answer.ok;
    const page = same ? new DOMParser().parseFromString(await answer.text(), "text/html") : await fetchPage(location.href);
    replace(main, page);
    announce(one(".problem", main)?.textContent ?? form.dataset["here"] ?? "");
    const made = ways(main).find((way) => !before.has(way.id) && way.id.startsWith("share-"));
    if (made) showMade(made);
  } catch {
    announce("That did not reach the server. Try again.");
    if (button) button.disabled = false;
  }
}

const fields = (form: HTMLFormElement): [string, string][] =>
  [...new FormData(form)].filter((field): field is [string, string] => typeof field[1] === "string");

const ways = (root: ParentNode) => all(".ways > li", root);

// What was made is to be passed on: that comes next.
function showMade(way: HTMLElement): void {
  way.scrollIntoView({ block: "center" });
  const share = one<HTMLAnchorElement>("a[data-dialog]", way);
  if (share) void openDialog(share.href);
}

/** Puts a fresh copy of the page in place; the keyboard stays where it was, or goes to the beginning of what is new. */
function replace(main: HTMLElement, page: Document): void {
  const fresh = one("main", page);
  if (!fresh) return;
  const place = document.activeElement?.closest("[id]")?.id;
  const had = main.contains(document.activeElement);
  enhanceNew(fresh);
  main.replaceChildren(...fresh.childNodes);
  if (!had) return;
  const back = place && place !== "main" ? one<HTMLElement>(`#${CSS.escape(place)} :is(a, button, input)`, main) : null;
  (back ?? main).focus({ preventScroll: true });
}

// Counts are replaced alone, so that nobody loses what they are typing. What came or went is shown once nobody is in the middle of something.
async function refresh(main: HTMLElement): Promise<void> {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (answer.status === 401 || answer.status === 404) return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const busy = one("details[open]", main) || one(":focus", main) || one("dialog[open]");
  if (!busy && idsOf(page) !== idsOf(main)) return replace(main, page);
  for (const part of all("[data-fresh]", main)) {
    const fresh = page.getElementById(part.id);
    if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  }
}

const idsOf = (root: ParentNode) =>
  all(".card, .ways > li", root)
    .map((part) => part.id)
    .join(" ");
