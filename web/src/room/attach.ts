import { announce, one } from "../dom";
import type { Api } from "./api";
import { button, make } from "./dom";
import type { Attachment } from "./outbox";

interface Resource {
  readonly resourceId: string;
  readonly kind: string;
  readonly name: string;
  readonly permission: string;
}

// So many files are offered at once: who looks for one types a part of its name.
const most = 50;

/** Lets a file of the shared context be chosen that is to go with a prompt. */
export async function chooseFile(api: Api, chosen: (file: Attachment) => void): Promise<void> {
  const files = await filesOf(api);
  if (files.length === 0) return announceNone();
  const dialog = make("dialog", "panel files-panel");
  const input = make("input");
  input.type = "search";
  input.placeholder = "A part of its name";
  input.ariaLabel = "Find a file";
  const list = make("ul", "file-choices");
  const show = () => {
    const wanted = input.value.toLowerCase();
    const found = files.filter(({ path, name }) => `${name}/${path}`.toLowerCase().includes(wanted)).slice(0, most);
    list.replaceChildren(
      ...found.map((file) =>
        make("li", "", button(`${file.name}/${file.path}`, () => {
          dialog.close();
          chosen({ resourceId: file.resourceId, path: file.path });
        }, "file-choice")),
      ),
    );
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    one("button", list)?.click();
  });
  dialog.ariaLabel = "Attach a file";
  dialog.append(make("header", "", make("h2", "", "Attach a file"), button("×", () => dialog.close(), "tool-button")), make("div", "panel-content", input, list));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  show();
  dialog.showModal();
  input.focus();
}

async function filesOf(api: Api): Promise<(Attachment & { name: string })[]> {
  const context = await api.get<{ resources: readonly Resource[] }>("/context");
  if (context.kind !== "done") return [];
  const lists = await Promise.all(
    context.body.resources
      // Their owner is told of private ones too, which nobody else may use.
      .filter(({ kind, permission }) => kind !== "mcp" && permission !== "private")
      .map(async ({ resourceId, name }) => {
        const answer = await api.get<{ files: readonly { path: string }[] }>(`/context/${resourceId}/files`);
        return answer.kind === "done" ? answer.body.files.map(({ path }) => ({ resourceId, path, name })) : [];
      }),
  );
  return lists.flat();
}

const announceNone = () => {
  announce("No files are shared here that you may open.");
  const note = one("#typing");
  if (note) note.textContent = "No files are shared here that you may open.";
};
