import { copy } from "../clipboard";
import { announce, one } from "../dom";

/** Brings the buttons of a share panel to life: the device's own share sheet where it has one, and copying. */
export function readySharePanel(root: ParentNode): void {
  const panel = one(".share-panel", root);
  const acts = panel && one("[data-share-acts]", panel);
  const url = panel?.dataset["share"];
  if (!panel || !acts || !url) return;
  acts.hidden = false;
  const native = one<HTMLButtonElement>("[data-native-share]", acts);
  if (native && "share" in navigator) {
    native.hidden = false;
    // Whoever closes the sheet again has changed their mind: nothing to say.
    native.addEventListener("click", () => void navigator.share({ title: panel.dataset["title"] ?? "", url }).catch(() => {}));
  }
  const label = one("[data-copy] span", acts);
  one("[data-copy]", acts)?.addEventListener("click", async () => {
    const said = (await copy(url)) ? "Copied" : "Not allowed: copy it from above";
    if (label) label.textContent = said;
    announce(said);
  });
}
