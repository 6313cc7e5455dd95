import { all, one } from "../dom";
import { EventStream } from "../live/eventStream";
import { chips } from "./chips";
import { progressPanel, type Done, type Step } from "./promoting";

/** Brings the form that lets people join a session to life: chips, what depends on the mode, and the steps as they are done. */
export function readyPromotion(root: ParentNode): void {
  const form = one<HTMLFormElement>("form.promote", root);
  if (!form) return;
  const recipients = one<HTMLTextAreaElement>("[data-recipients]", form);
  const settle = recipients ? chips(recipients) : () => true;
  followMode(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (settle()) void promote(form);
  });
}

// Who only reads has nothing to choose, and no agent to give anything to.
function followMode(form: HTMLFormElement): void {
  const role = one<HTMLSelectElement>("[data-role]", form);
  const context = one<HTMLFieldSetElement>("[data-context]", form);
  let chosen = role?.value ?? "";
  const follow = () => {
    const isView = new FormData(form).get("mode") === "view";
    if (context) context.disabled = isView;
    if (!role) return;
    role.disabled = isView;
    role.value = isView ? "viewer" : chosen;
  };
  role?.addEventListener("change", () => (chosen = role.value));
  for (const mode of all<HTMLInputElement>("input[name=mode]", form)) mode.addEventListener("change", follow);
  follow();
}

function requestOf(form: HTMLFormElement): object {
  const fields = new FormData(form);
  const texts = (name: string) => fields.getAll(name).map(String);
  const isView = fields.get("mode") === "view";
  const context = { files: texts("files"), memory: fields.has("memory"), mcps: texts("mcps") };
  return {
    recipients: String(fields.get("recipients")).split(/[\s,;]+/).filter(Boolean),
    link: fields.has("link"),
    mode: fields.get("mode"),
    ...(isView ? {} : { role: fields.get("role") }),
    ...(!isView && fields.has("context") ? { context } : {}),
  };
}

async function promote(form: HTMLFormElement): Promise<void> {
  const request = requestOf(form);
  const panel = progressPanel(form);
  try {
    const answer = await fetch(form.dataset["share"] ?? "", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify(request),
    });
    if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) throw new Refused(await detailOf(answer));
    const done = await follow(answer, (step) => panel.add(step));
    panel.end(done);
  } catch (error) {
    panel.fail(error instanceof Refused ? error.message : "The server can't be reached. Nothing is shared unless it says so: try again.");
  }
}

/** Reads the steps to their end. */
async function follow(answer: Response, told: (step: Step) => void): Promise<Done> {
  const events = new EventStream();
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    for (const { type, data } of events.push(read.value)) {
      if (type === "step") told(JSON.parse(data) as Step);
      else if (type === "done") return JSON.parse(data) as Done;
      else if (type === "error") throw new Refused((JSON.parse(data) as { detail?: string }).detail);
    }
  }
  throw new Refused(undefined);
}

class Refused extends Error {
  constructor(detail: string | undefined) {
    super(detail ?? "The server broke off. Share it again: that does what is missing.");
  }
}

const detailOf = async (answer: Response) => ((await answer.json().catch(() => ({}))) as { detail?: string }).detail;
