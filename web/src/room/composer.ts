import { all, announce, one } from "../dom";
import { Completion, type Choice } from "./completion";
import { avatar, button, make } from "./dom";
import type { Attachment, Message } from "./outbox";
import type { People } from "./people";

/** What a composer asks of the room. */
export interface ComposerEvents {
  send(message: Message): void;
  wrote(draft: string): void;
  stopped(): void;
  attach(): void;
}

/** A command that is typed: its name without the slash, and what it does. */
export interface Command {
  readonly name: string;
  readonly hint: string;
  run(): void;
}

/** Where a member writes: to the agent or to the others, with names and commands that complete themselves, and a draft that is kept. */
export class Composer {
  readonly #form: HTMLFormElement;
  readonly #text: HTMLTextAreaElement;
  readonly #completion: Completion;
  readonly #draftKey: string;
  readonly #filesKey: string;
  #attached: Attachment[] = [];

  /** The page's, where its reader may write. */
  static find(people: People, sessionId: string, commands: readonly Command[], events: ComposerEvents): Composer | undefined {
    const form = one<HTMLFormElement>("form#composer");
    return form ? new Composer(form, people, sessionId, commands, events) : undefined;
  }

  private constructor(
    form: HTMLFormElement,
    private readonly people: People,
    sessionId: string,
    private readonly commands: readonly Command[],
    private readonly events: ComposerEvents,
  ) {
    this.#form = form;
    this.#text = one<HTMLTextAreaElement>("textarea", form)!;
    this.#draftKey = `parley.draft.${people.me}.${sessionId}`;
    this.#filesKey = `${this.#draftKey}.files`;
    this.#completion = new Completion(this.#text, one("#choices", form)!, (before) => this.#offers(before), () => this.#changed());
    this.#remember();
    this.#listen();
    const key = one(".hints kbd", form);
    if (key && !/Mac|iPhone|iPad/.test(navigator.userAgent)) key.textContent = "Ctrl ↩";
    this.#text.value ||= read(this.#draftKey);
    this.#attached = attachedOf(read(this.#filesKey));
    this.#changed(false);
  }

  focus(): void {
    this.#text.focus();
  }

  /** Puts a message back that was not sent. */
  giveBack(message: Pick<Message, "text" | "attachments">): void {
    this.#text.value = this.#text.value ? `${message.text}\n${this.#text.value}` : message.text;
    message.attachments.forEach((file) => this.attach(file));
    this.focus();
    this.#changed();
  }

  attach(file: Attachment): void {
    if (!this.#attached.some((other) => other.resourceId === file.resourceId && other.path === file.path)) this.#attached.push(file);
    one<HTMLInputElement>("input[name=as][value=prompt]", this.#form)!.checked = true;
    this.#changed(false);
    this.focus();
  }

  /** Begins a command, for whoever does not know which there are. */
  offerCommands(): void {
    this.focus();
    if (this.#text.value === "") this.#text.setRangeText("/", 0, 0, "end");
    this.#completion.look();
  }

  get #isPrompt(): boolean {
    return this.#to() === "prompt" || callsAgent(this.#text.value);
  }

  #to = () => one<HTMLInputElement>("input[name=as]:checked", this.#form)?.value ?? "note";

  #listen(): void {
    const form = this.#form;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => {
      if (this.#completion.takes(event)) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#send();
      } else if (event.key === "Escape") this.#text.blur();
    });
    // By the key's place: with Alt some keyboards write another letter.
    addEventListener("keydown", (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || (event.code !== "KeyA" && event.code !== "Slash")) return;
      event.preventDefault();
      if (event.code === "KeyA") this.events.attach();
      else this.offerCommands();
    });
    one("[data-attach]", form)?.addEventListener("click", () => this.events.attach());
    one("[data-commands]", form)?.addEventListener("click", () => this.offerCommands());
    addEventListener("pagehide", () => this.events.stopped());
  }

  // Which of the two it is for, and whether drafts are shown, is the same the next time.
  #remember(): void {
    const choices = all<HTMLInputElement>("input[name=as]", this.#form);
    const kept = read("parley.to");
    for (const choice of choices) {
      if (kept && choice.value === kept) choice.checked = true;
      choice.addEventListener("change", () => {
        write("parley.to", choice.value);
        this.#changed(false);
        this.focus();
      });
    }
    const show = one<HTMLInputElement>("[data-show-draft]", this.#form);
    if (!show) return;
    show.checked = read("parley.show-draft") === "yes";
    show.addEventListener("change", () => write("parley.show-draft", show.checked ? "yes" : ""));
  }

  #changed(tell = true): void {
    const text = this.#text.value;
    write(this.#draftKey, text);
    this.#form.dataset["for"] = this.#isPrompt ? "prompt" : "note";
    this.#showAttached();
    this.#form.classList.toggle("is-empty", text.trim() === "");
    fit(this.#text);
    if (!tell) return;
    if (text.trim() === "" || text.startsWith("/")) this.events.stopped();
    else this.events.wrote(one<HTMLInputElement>("[data-show-draft]", this.#form)?.checked ? text.slice(-200) : "");
  }

  #send(): void {
    const text = this.#text.value.trim();
    const command = /^\/([a-z]+)$/.exec(text)?.[1];
    const known = command && this.commands.find(({ name }) => name === command);
    if (text === "") return;
    if (known) known.run();
    else if (command) return announce(`There is no command /${command}.`);
    else this.#hand(text);
    this.#text.value = "";
    this.#completion.close();
    this.#changed();
  }

  #hand(text: string): void {
    if (!this.#isPrompt) return this.events.send({ clientId: crypto.randomUUID(), as: "note", text, attachments: [] });
    this.events.send({ clientId: crypto.randomUUID(), as: "prompt", text, attachments: this.#attached });
    this.#attached = [];
  }

  // Files are for the agent: while something is said to the others they are out of sight, and wait for the next prompt.
  #showAttached(): void {
    write(this.#filesKey, this.#attached.length > 0 ? JSON.stringify(this.#attached) : "");
    const list = one("#attached", this.#form);
    if (!list) return;
    list.hidden = this.#attached.length === 0 || !this.#isPrompt;
    list.replaceChildren(
      ...this.#attached.map((file) => {
        const remove = button("×", () => {
          this.#attached = this.#attached.filter((other) => other !== file);
          this.#showAttached();
          this.focus();
        }, "remove");
        remove.ariaLabel = `Do not attach ${file.path}`;
        return make("li", "", make("code", "", file.path), remove);
      }),
    );
  }

  #offers(before: string): { from: number; choices: readonly Choice[] } | undefined {
    const command = /^\/([a-z]*)$/.exec(before)?.[1];
    if (command !== undefined) {
      const fitting = this.commands.filter(({ name }) => name.startsWith(command));
      return { from: 0, choices: fitting.map(({ name, hint, run }) => ({ label: `/${name}`, hint, act: run })) };
    }
    const name = /(?:^|[\s(])@([\p{L}\p{N}_-]*)$/u.exec(before)?.[1];
    if (name === undefined) return undefined;
    const begins = (text: string) => text.toLowerCase().startsWith(name.toLowerCase());
    const agent: Choice[] = begins("claude") ? [{ label: "Claude", hint: "the agent answers", text: "@Claude ", mark: make("span", "avatar agent", "✳") }] : [];
    const people = this.people.all
      .filter((person) => person.id !== this.people.me && (begins(person.name) || begins(this.people.handle(person))))
      .map((person) => ({ label: person.name, hint: person.here ? "here" : person.role, text: `@${this.people.handle(person)} `, mark: avatar(person.initial, person.hue) }));
    return { from: before.length - name.length - 1, choices: [...agent, ...people].slice(0, 8) };
  }
}

/** As the server decides it: whether a text calls the agent. */
export const callsAgent = (text: string) => /(?:^|[^\p{L}\p{N}_./@-])@claude(?![\p{L}\p{N}])/iu.test(text);

function attachedOf(kept: string): Attachment[] {
  try {
    return JSON.parse(kept) as Attachment[];
  } catch {
    return [];
  }
}

// Where the style sheet can't let a field grow with its text.
function fit(field: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, value: string): void {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // Without storage it lives as long as the page.
  }
}
