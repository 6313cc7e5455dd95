import { announce } from "../dom";

const separators = /[\s,;]+/;

/**
 * Lets addresses be typed one by one into a field that takes a list of them: each becomes a chip that can be taken away. The field itself stays what is
 * sent. The answer settles what is still being typed, and says whether all of it can be sent.
 */
export function chips(field: HTMLTextAreaElement): () => boolean {
  const box = document.createElement("div");
  const input = document.createElement("input");
  box.className = "chips";
  input.type = "email";
  input.inputMode = "email";
  input.autocomplete = "off";
  input.setAttribute("aria-label", "E-mail address to invite");
  const chosen = new Set(field.value.split(separators).filter(Boolean));
  box.append(input);
  field.hidden = true;
  field.after(box);
  box.addEventListener("click", (event) => event.target === box && input.focus());
  draw();

  const settle = (): boolean => {
    const typed = input.value.split(separators).filter(Boolean);
    const wrong = typed.find((address) => !isAddress(address));
    input.setCustomValidity(wrong ? `“${wrong}” is no e-mail address` : "");
    if (wrong) return input.reportValidity();
    typed.forEach((address) => chosen.add(address.toLowerCase()));
    if (typed.length > 0) {
      input.value = "";
      draw();
      announce(`${typed.join(", ")} added`);
    }
    return true;
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && input.value === "") return remove([...chosen].at(-1));
    const ends = event.key === "Enter" || event.key === "," || event.key === ";" || event.key === " ";
    if (!ends || event.isComposing || (event.key === "Enter" && input.value.trim() === "")) return;
    event.preventDefault();
    settle();
  });
  input.addEventListener("input", () => input.setCustomValidity(""));
  input.addEventListener("blur", () => input.value.split(separators).filter(Boolean).every(isAddress) && settle());
  input.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text") ?? "";
    if (!separators.test(pasted.trim())) return;
    event.preventDefault();
    input.value = `${input.value} ${pasted}`.trim();
    settle();
  });
  return settle;

  function remove(address: string | undefined): void {
    if (!address || !chosen.delete(address)) return;
    draw();
    input.focus();
    announce(`${address} removed`);
  }

  function draw(): void {
    field.value = [...chosen].join(", ");
    input.placeholder = chosen.size === 0 ? "ana@example.org" : "";
    box.querySelectorAll(".chip").forEach((chip) => chip.remove());
    for (const address of chosen) {
      const chip = document.createElement("span");
      const button = document.createElement("button");
      chip.className = "chip";
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", `Remove ${address}`);
      button.addEventListener("click", () => remove(address));
      chip.append(address, button);
      input.before(chip);
    }
  }
}

const isAddress = (text: string): boolean => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);
