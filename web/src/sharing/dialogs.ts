import { fetchPage, one } from "../dom";
import { readySharePanel } from "./panel";
import { readyPromotion } from "./promote";

/** Shows what links with data-dialog lead to over the page that they stand in. Without script they lead to pages. */
export function dialogLinks(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-dialog]") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void openDialog(link.href);
  });
}

/** Opens the dialog with what the page at the address asks or shows; where that can't be had, the page itself. */
export async function openDialog(address: string): Promise<void> {
  const content = one(".share-panel, form.ask, form.promote", await fetchPage(address).catch(() => document.implementation.createHTMLDocument()));
  if (!content) return location.assign(address);
  const dialog = emptyDialog();
  dialog.append(closeButton(), content);
  const heading = one("h1", content);
  if (heading) dialog.setAttribute("aria-label", heading.textContent);
  readySharePanel(dialog);
  readyPromotion(dialog);
  dialog.showModal();
}

function emptyDialog(): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.className = "asked";
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    const outside = event.target === dialog;
    const keeps = event.target instanceof Element && event.target.closest("[data-close]");
    if (keeps) event.preventDefault();
    if (outside || keeps) dialog.close();
  });
  return dialog;
}

function closeButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "close";
  button.dataset["close"] = "";
  button.setAttribute("aria-label", "Close");
  button.textContent = "×";
  return button;
}
