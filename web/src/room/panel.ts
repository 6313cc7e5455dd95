import { all, announce, enhanceNew, fetchPage, one } from "../dom";

/**
 * What belongs to the room and is a page of its own, over the room: people, context, files. Its links stay in the panel as far as they lead to such
 * pages, and its forms act in it.
 */
export class Panel {
  readonly #dialog = one<HTMLDialogElement>("#panel");
  #address = "";
  #fetched = "";

  constructor(private readonly root: string) {
    const dialog = this.#dialog;
    if (!dialog) return;
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("download")) return;
      if (!link.matches("[data-panel]") && !(dialog.contains(link) && this.#isOurs(link))) return;
      event.preventDefault();
      void this.open(link.href);
    });
    dialog.addEventListener("click", (event) => {
      const closes = event.target === dialog || (event.target instanceof Element && event.target.closest("[data-close]"));
      if (closes) dialog.close();
    });
    dialog.addEventListener("submit", (event) => {
      const form = event.target;
      // Where a page brings forms to life itself, they act in the panel as they do there.
      if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.closest("[data-people], [data-context]")) return;
      event.preventDefault();
      void this.#submit(form, event.submitter);
    });
  }

  get isOpen(): boolean {
    return this.#dialog?.open === true;
  }

  /** Shows a page of the room over it; where that can't be had, the page itself. */
  async open(address: string): Promise<void> {
    const page = await fetchPage(address).catch(() => undefined);
    if (!page || !this.#show(page)) return location.assign(address);
    this.#address = address;
    if (!this.isOpen) this.#dialog?.showModal();
    one(".panel-content", this.#dialog!)?.focus();
  }

  /** Brings what is open up to date, unless somebody is in the middle of something. */
  async refresh(): Promise<void> {
    if (!this.#isIdle) return;
    const page = await fetchPage(this.#address).catch(() => undefined);
    // What has not changed stays, with where one is in it.
    if (page && this.#isIdle && contentOf(page)?.innerHTML !== this.#fetched) this.#show(page);
  }

  // Open, and nobody writes in it, decides, or adds something to it.
  get #isIdle(): boolean {
    const busy = ":is(input, textarea, select):focus, details[open] form, [inert], .progress:not(:empty)";
    return this.isOpen && !one(busy, this.#dialog!);
  }

  async #submit(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    const data = new FormData(form, submitter);
    const files = [...data.values()].some((value) => value instanceof File && value.size > 0);
    const body = files ? data : new URLSearchParams([...data].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
    form.inert = true;
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { accept: "text/html" }, body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const here = new URL(answer.url).pathname;
      if (here === this.root) location.reload();
      else if (!here.startsWith(`${this.root}/`) && answer.ok) location.assign(answer.url);
      else if (this.#show(page)) announce(one(".problem", this.#dialog!)?.textContent ?? "Done");
      else location.assign(this.#address);
    } catch {
      form.inert = false;
      announce("That did not reach the server. Try again.");
    }
  }

  #isOurs(link: HTMLAnchorElement): boolean {
    return link.origin === location.origin && /^\/(people|context|files)(\/|$)/.test(link.pathname.startsWith(this.root) ? link.pathname.slice(this.root.length) : "");
  }

  #show(page: Document): boolean {
    const content = contentOf(page);
    const place = this.#dialog && one(".panel-content", this.#dialog);
    if (!content || !place) return false;
    this.#fetched = content.innerHTML;
    const heading = one("h1, h2", content);
    const title = heading?.textContent?.trim() ?? document.title;
    heading?.remove();
    all(".back", content).forEach((link) => link.remove());
    one("h2", this.#dialog!)!.textContent = title;
    this.#dialog!.ariaLabel = title;
    enhanceNew(content);
    const open = new Set(all<HTMLDetailsElement>("details[open][id]", place).map((fold) => fold.id));
    place.replaceChildren(...content.childNodes);
    // It looks as on its own page.
    place.className = `panel-content ${content.tagName === "MAIN" ? "" : content.className}`;
    all<HTMLDetailsElement>("details[id]", place).forEach((fold) => (fold.open ||= open.has(fold.id)));
    return true;
  }
}

const contentOf = (page: Document) => one("[data-people], [data-context], [data-panel-content]", page) ?? one("main", page);
