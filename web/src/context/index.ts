import { all, announce, enhance, enhanceNew, fetchPage, one } from "../dom";
import type { PickedFolder } from "./folder";
import type { LeftOut } from "./upload";

/** The context of a session, on its page and in the room: choices act without leaving it, and a folder of this device can be added. */
export function context(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // In the room's panel forms act already.
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || !form.closest("[data-context]") || form.matches("[data-leaves]")) return;
    event.preventDefault();
    void submit(form, event.submitter);
  });
  // Digests need a secure context; elsewhere there is the command.
  if (window.isSecureContext)
    enhance((root) =>
      all("[data-add-folder]", root).forEach((place) => {
        place.hidden = false;
        one<HTMLInputElement>("input", place)?.addEventListener("change", (event) => void add(place, event.target as HTMLInputElement));
      }),
    );
}

async function submit(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const section = form.closest<HTMLElement>("[data-context]")!;
  const fields = [...new FormData(form, submitter)].filter((field): field is [string, string] => typeof field[1] === "string");
  form.inert = true;
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { accept: "text/html" }, body: new URLSearchParams(fields) });
    if (answer.status === 401) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(section, page);
    const button = submitter instanceof HTMLButtonElement && submitter.name ? submitter.value : "";
    one<HTMLElement>(`form[action="${CSS.escape(form.getAttribute("action") ?? "")}"] button[value="${CSS.escape(button)}"]`, section)?.focus();
    announce(one(".problem", section)?.textContent ?? form.dataset["here"] ?? "");
  } catch {
    form.inert = false;
    announce("That did not reach the server. Try again.");
  }
}

/** Puts what has changed about the resources in place; what is being added goes on. */
function show(section: HTMLElement, page: Document): void {
  const fresh = one("[data-context]", page);
  if (!fresh) return location.reload();
  enhanceNew(one(".resources", fresh)!);
  one(".resources", section)!.replaceChildren(...one(".resources", fresh)!.childNodes);
  one(".problem", section)?.remove();
  const problem = one(".problem", fresh);
  if (problem) one(".resources", section)!.before(problem);
}

async function add(place: HTMLElement, input: HTMLInputElement): Promise<void> {
  one(".progress", place)!.textContent = "Reading the folder";
  const { readFolder } = await import("./folder");
  const folder = input.files && (await readFolder(input.files));
  input.value = "";
  one(".progress", place)!.textContent = "";
  if (folder) await send(place, folder, new Set());
}

async function send(place: HTMLElement, folder: PickedFolder, chosen: ReadonlySet<string>): Promise<void> {
  const section = place.closest<HTMLElement>("[data-context]")!;
  const progress = one(".progress", place)!;
  const list = one(".left-out", place)!;
  const { fileBytes, files } = place.dataset;
  const limits = { fileBytes: Number(fileBytes), files: Number(files) };
  list.replaceChildren();
  place.inert = true;
  try {
    const { upload } = await import("./upload");
    const leftOut = await upload(section.dataset["api"]!, folder, chosen, limits, (text) => (progress.textContent = text));
    const added = folder.files.length - leftOut.length;
    progress.textContent = `${folder.name} is here with ${added} of ${folder.files.length} files, and private until you choose otherwise.`;
    list.replaceChildren(...leftOut.slice(0, 50).map((file) => leftOutLine(file, () => void send(place, folder, new Set([...chosen, file.path])))));
    show(section, await fetchPage(section.dataset["page"]!));
  } catch (error) {
    progress.textContent = error instanceof Error ? error.message : "That did not reach the server. Try again.";
  } finally {
    place.inert = false;
  }
}

const reasons: Record<string, string> = {
  secrets: "holds what looks like a secret",
  binary: "is not text",
  tooLarge: "is too large",
  tooMany: "is one too many",
  name: "has a name that can't be kept",
};

function leftOutLine({ path, reason }: LeftOut, take: () => void): HTMLLIElement {
  const line = document.createElement("li");
  const name = document.createElement("bdi");
  name.textContent = path;
  line.append(name, ` ${reasons[reason] ?? "was left out"} `);
  if (reason === "secrets") {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "act";
    button.textContent = "Add it all the same";
    button.ariaLabel = `Add ${path} all the same`;
    button.addEventListener("click", take);
    line.append(button);
  }
  return line;
}
