import { one } from "../dom";
import { opensAtEnd } from "../session/entries";
import { emptyScreen, hideScreen } from "../session/gone";
import { Badge } from "./badge";
import { Connection } from "./connection";
import { Draft } from "./draft";
import { End } from "./end";
import type { StreamEvent } from "./eventStream";
import type { RoomState, Typist } from "../room/state";
import { Log, type EntryData } from "./log";
import { Surroundings } from "./surroundings";

/** What the events say, by their names. */
interface Events {
  entry: EntryData;
  corrected: EntryData;
  delta: { text: string };
  presence: { viewers: number; driver: boolean };
  room: RoomState;
  typing: { people: readonly Typist[] };
  left: object;
  ended: object;
  revoked: object;
}

/** What a page that is more than a session's wants to be told beside the entries. */
export interface Company {
  room(state: RoomState): void;
  typing(typing: Events["typing"]): void;
  left(): void;
  ended(): void;
  arrived(): void;
}

/** Lets the page of a session grow while the session goes on. */
export function watchSession(list: HTMLElement, company?: Company): { end: End } {
  const log = new Log(list);
  const draft = new Draft(list);
  const badge = new Badge(list.dataset["live"] === "ended");
  const surroundings = new Surroundings(list.dataset["page"] ?? "");
  const end = new End(log);
  if (opensAtEnd()) end.go();

  const handlers: { [Name in keyof Events]: (data: Events[Name]) => number | void } = {
    entry(entry) {
      if (!log.take(entry)) return 0;
      if (!entry.thread && !isAside(entry)) draft.end(entry.role !== "assistant");
      badge.ended = false;
      if (isPrompt(entry)) surroundings.prompted();
      return 1;
    },
    corrected(entry) {
      if (entry.seq === log.lastSeq) draft.end();
      log.correct(entry);
      surroundings.corrected();
    },
    delta: ({ text }) => void (log.holdsEnd && draft.write(text)),
    presence({ viewers, driver }) {
      badge.presence(viewers, driver);
      if (driver) badge.ended = false;
    },
    room: (state) => company?.room(state),
    typing: (typing) => company?.typing(typing),
    left: () => company?.left(),
    ended() {
      draft.end();
      badge.ended = true;
      company?.ended();
      connection.rest();
    },
    revoked: () => leave(),
  };

  const leave = () => {
    connection.stop();
    emptyScreen();
  };

  const received = (events: StreamEvent[]) => {
    let arrived = 0;
    end.look();
    for (const { type, data } of events)
      if (Object.hasOwn(handlers, type)) arrived += handlers[type as keyof Events](JSON.parse(data)) ?? 0;
    if (arrived > 0) {
      one(".empty")?.remove();
      surroundings.counted(log.lastSeq);
      end.arrived(arrived);
      log.trim();
      company?.arrived();
    } else if (end.isFollowing) end.stay();
  };

  const connection = new Connection({
    begin() {
      // What was being written goes on without its middle.
      draft.end();
      return log.address;
    },
    token: list.dataset["token"],
    received,
    found() {
      badge.lost = false;
      hideScreen(false);
    },
    lost() {
      badge.lost = true;
      hideScreen(false);
    },
    left: () => hideScreen(true),
    gone: leave,
  });
  void connection.run();
  return { end };
}

// What people say to each other comes between the pieces of an answer, and does not end it.
const isAside = (entry: EntryData) => entry.role === "event" && /^<article [^>]*class="entry (talk|event aside)"/.test(entry.html);

const isPrompt = (entry: EntryData) => !entry.thread && /^<article [^>]*class="entry prompt"/.test(entry.html);
