import { all, announce, enhance, one } from "../dom";
import { watchSession } from "../live";
import { Api } from "./api";
import { chooseFile } from "./attach";
import { Composer, type Command } from "./composer";
import { avatar } from "./dom";
import { Outbox } from "./outbox";
import { Panel } from "./panel";
import { People } from "./people";
import { Permissions } from "./permissions";
import { Queue } from "./queue";
import { isAtLeast, type Role, type RoomState } from "./state";
import { Typing } from "./typing";
import { Unread } from "./unread";
import { followKeyboard } from "./viewport";

/** Brings the page to life on which people and the agent talk. Reading it grows like any session's that goes on. */
export function enterRoom(room: HTMLElement, entries: HTMLElement): void {
  const { api: root = "", me = "0", name = "", role = "viewer" } = room.dataset;
  const page = entries.dataset["page"] ?? "";
  const sessionId = page.slice(page.lastIndexOf("/") + 1);
  const api = new Api(root);
  const people = new People(Number(me), name, role as Role);
  const typing = new Typing(api, people);
  const panel = new Panel(page);
  const permissions = new Permissions(api, people, one("#asked")!);
  const queue = new Queue(api, people, one("#queue")!, (text) => composer?.giveBack({ text, attachments: [] }));
  const outbox = new Outbox(api, people, one("#sending")!, sessionId, { grown: () => end.go(), giveBack: (message) => composer?.giveBack(message) });
  const commands: Command[] = [
    { name: "invite", hint: "Who is here, and who else may come", run: () => void panel.open(`${page}/people`) },
    { name: "context", hint: "What Claude may use here", run: () => void panel.open(`${page}/context`) },
    { name: "interrupt", hint: "Stop the answer that is being written", run: () => void queue.interrupt() },
    { name: "export", hint: "Take the conversation with you", run: () => void panel.open(`${page}/export`) },
  ];
  const composer = Composer.find(people, sessionId, commands, {
    send(message) {
      typing.stopped();
      outbox.send(message);
    },
    wrote: (draft) => typing.wrote(draft),
    stopped: () => typing.stopped(),
    attach: () => void chooseFile(api, (file) => composer?.attach(file)),
  });

  const { end } = watchSession(entries, {
    room(state) {
      if (isAnotherPage(state)) return showOther();
      people.show(state);
      queue.show(state);
      permissions.show(state);
      outbox.queued(state.queue.turns);
      rename(state.title);
      void panel.refresh();
      room.dataset["ready"] = "";
    },
    typing: ({ people: typists }) => typing.show(typists),
    // Who is no member any more reads on as anybody may, on the page for that.
    left: () => location.reload(),
    // The stream of a workspace that was closed ends before it says so.
    async ended() {
      const answer = await api.get<RoomState>("/room");
      if (answer.kind === "done" && isAnotherPage(answer.body)) showOther();
    },
    arrived: () => unread.look(),
  });
  const unread = new Unread(api, entries, room.dataset["seen"], name);
  enhance((root) => outbox.arrived(root));
  enhance((root) => sign(root, room.dataset));
  followKeyboard();
  keys();

  // The page is written for a mode and a role: with others it is another one.
  function isAnotherPage(state: RoomState): boolean {
    const now = state.people.find((person) => person.id === people.me)?.role;
    const mine = role as Role;
    return state.mode !== room.dataset["mode"] || (now !== undefined && (["suggester", "prompter", "owner"] as const).some((needed) => isAtLeast(now, needed) !== isAtLeast(mine, needed)));
  }

  function showOther(): void {
    queue.leave();
    location.reload();
  }

  function keys(): void {
    addEventListener("keydown", (event) => {
      const typed = event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [contenteditable]");
      if (typed || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "c" && composer) composer.focus();
      else if (event.key === "n") unread.nextMention();
      else return;
      event.preventDefault();
    });
    // A menu that is left is closed.
    document.addEventListener("click", (event) => {
      for (const menu of all<HTMLDetailsElement>("details.menu[open]"))
        if (!(event.target instanceof Node && one("summary", menu)?.contains(event.target))) menu.open = false;
    });
    document.addEventListener("keydown", (event) => {
      const menu = one<HTMLDetailsElement>("details.menu[open]");
      if (event.key !== "Escape" || !menu) return;
      menu.open = false;
      one("summary", menu)?.focus();
    });
  }
}

// What was said before others came is its starter's, who had no need to sign it.
function sign(root: ParentNode, { starter = "", starterInitial = "", starterHue = "0" }: DOMStringMap): void {
  const unsigned = all(".entry.prompt:not(.output, [data-author], [data-thread]) > .meta:not(:has(.avatar))", root);
  for (const meta of unsigned) {
    const who = one(".who", meta);
    if (!who || starter === "") continue;
    who.textContent = starter;
    meta.prepend(avatar(starterInitial, starterHue));
  }
}

function rename(title: string): void {
  const bar = one("[data-title]");
  if (!bar || bar.textContent === title) return;
  bar.textContent = title;
  document.title = `${title} · Parley`;
  const heading = one(".about h1 bdi");
  if (heading) heading.textContent = title;
  announce(`This is called ${title} now`);
}
