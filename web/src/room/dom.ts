/** An element with a class and a text or children. Text is set as text: names and messages are untrusted. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** A button that says what it does, with a title where its text is too short for that. */
export function button(label: string, act: () => void, className = "small-button"): HTMLButtonElement {
  const made = make("button", className, label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** What stands for a person. */
export function avatar(initial: string, hue: number | string, title = ""): HTMLElement {
  const made = make("span", "avatar", initial);
  made.dataset["hue"] = String(hue);
  made.ariaHidden = "true";
  if (title) made.title = title;
  return made;
}

/** "Ann", "Ann and Ben", "Ann, Ben and 2 others". */
export function list(names: readonly string[], most = 2): string {
  if (names.length <= 1) return names[0] ?? "";
  if (names.length <= most) return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const others = names.length - most;
  return `${names.slice(0, most).join(", ")} and ${others === 1 ? "one other" : `${others} others`}`;
}
