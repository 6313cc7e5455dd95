import { announce, one } from "./dom";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];

/** The button that goes from the system's theme to light, to dark and back. */
export function themeButton(): void {
  const button = one<HTMLButtonElement>("[data-theme-button]");
  if (!button) return;
  button.hidden = false;
  show(button, current());
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(current()) + 1) % themes.length]!;
    apply(next);
    show(button, next);
    announce(`Theme: ${next}`);
  });
}

function current(): Theme {
  const set = document.documentElement.dataset["theme"];
  return set === "light" || set === "dark" ? set : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem("parley-theme", theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function show(button: HTMLButtonElement, theme: Theme): void {
  button.dataset["current"] = theme;
  button.setAttribute("aria-label", `Theme: ${theme}`);
  button.title = `Theme: ${theme}`;
}
