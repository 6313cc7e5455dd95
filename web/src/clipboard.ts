import { all } from "./dom";
import { whenSeen } from "./seen";

/** Gives every piece of code a copy button once it comes into view. What is copied is the text alone: line numbers are the style sheet's. */
export function addCopyButtons(): void {
  whenSeen((root) => {
    for (const snippet of all(".snippet:not(:has(> .copy))", root))
      if (snippet.checkVisibility({ contentVisibilityAuto: true })) snippet.append(copyButton(() => codeOf(snippet)));
  });
}

// Of a diff, what the file holds after it.
function codeOf(snippet: Element): string {
  const lines = all(".diff .l:not(del)", snippet);
  const text = lines.length > 0 ? lines.map((line) => line.textContent).join("") : (snippet.querySelector("code")?.textContent ?? "");
  return text.replace(/\n$/, "");
}

function copyButton(text: () => string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text())) ? "Copied" : "Not allowed";
    button.classList.add("done");
    setTimeout(() => {
      button.textContent = "Copy";
      button.classList.remove("done");
    }, 1600);
  });
  return button;
}

/** Whether the text could be put into the clipboard. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
