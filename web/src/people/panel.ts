import { announce, enhanceNew, one } from "../dom";

/** The forms of the people of a session act in place, on their own page and wherever the panel was put. */
export function peoplePanel(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const panel = form instanceof HTMLFormElement && form.matches("[data-here]") ? form.closest<HTMLElement>("[data-people]") : null;
    if (!panel) return;
    event.preventDefault();
    void submit(panel, form as HTMLFormElement, event.submitter);
  });
}

async function submit(panel: HTMLElement, form: HTMLFormElement, pressed: HTMLElement | null): Promise<void> {
  const fields = [...new FormData(form, pressed)].filter((field): field is [string, string] => typeof field[1] === "string");
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { accept: "text/html" }, body: new URLSearchParams(fields) });
    const fresh = one("[data-people]", new DOMParser().parseFromString(await answer.text(), "text/html"));
    // Who may not see it any more sees what the page says to that.
    if (!fresh) return location.reload();
    enhanceNew(fresh);
    panel.replaceWith(fresh);
    const heading = one("h2", fresh);
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    announce(one(".problem", fresh)?.textContent ?? form.dataset["here"] ?? "");
  } catch {
    announce("That did not reach the server. Try again.");
  }
}
