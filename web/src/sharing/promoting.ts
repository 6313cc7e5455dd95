import { copy } from "../clipboard";
import { announce, one } from "../dom";

/** A step of a promotion, as the server tells it. */
export interface Step {
  readonly title: string;
  readonly detail: string | null;
}

interface Person {
  readonly email: string;
  readonly link?: string;
}

/** What has become of a promotion. */
export interface Done {
  readonly url: string;
  readonly mode: string;
  readonly invited: readonly Person[];
}

/** Takes the place of the form while it is done, and gives it back when that fails. */
export function progressPanel(form: HTMLFormElement) {
  one(".problem", form)?.remove();
  const panel = element("section", "promoting");
  const heading = element("h1", "", "Promoting to shared workspace…");
  heading.tabIndex = -1;
  const steps = element("ol", "steps");
  panel.append(heading, steps);
  form.hidden = true;
  form.after(panel);
  heading.focus({ preventScroll: true });
  return {
    add(step: Step): void {
      const item = element("li", "done");
      item.append(element("b", "", step.title), ...(step.detail ? [element("small", "", step.detail)] : []));
      steps.append(item);
      announce(step.title);
    },
    end(done: Done): void {
      heading.textContent = done.mode === "view" ? "They can read it" : "The workspace is open";
      panel.append(...links(done.invited), actions(done));
      one<HTMLAnchorElement>(".primary", panel)?.focus({ preventScroll: true });
      announce(heading.textContent);
    },
    fail(problem: string): void {
      panel.remove();
      form.hidden = false;
      const said = element("p", "problem", problem);
      said.setAttribute("role", "alert");
      one("h1", form)?.after(said);
      said.scrollIntoView({ block: "nearest" });
    },
  };
}

// Where the server sends no mail, whoever shares passes the links on.
function links(invited: readonly Person[]): HTMLElement[] {
  const open = invited.filter((person) => person.link);
  if (open.length === 0) return [];
  const list = element("ul", "invited");
  for (const person of open) {
    const item = element("li", "");
    const link = element("a", "", person.link);
    link.href = person.link!;
    item.append(element("b", "", person.email), link, copyButton(person));
    list.append(item);
  }
  return [element("p", "quiet", "This server sends no mail: pass each link on to whom it is for. It works once."), list];
}

function copyButton(person: Person): HTMLButtonElement {
  const button = element("button", "button", "Copy");
  button.type = "button";
  button.setAttribute("aria-label", `Copy the link for ${person.email}`);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(person.link!)) ? "Copied" : "Not allowed";
    announce(button.textContent);
  });
  return button;
}

function actions(done: Done): HTMLElement {
  const row = element("div", "row");
  const open = element("a", "button primary", done.mode === "view" ? "Open the session" : "Open the workspace");
  open.href = done.url;
  row.append(open);
  if ("share" in navigator) {
    const native = element("button", "button", "Share…");
    native.type = "button";
    native.addEventListener("click", () => void navigator.share({ url: done.url }).catch(() => {}));
    row.append(native);
  }
  return row;
}

function element<T extends keyof HTMLElementTagNameMap>(tag: T, name: string, text?: string): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}
