/** What members see beside the entries, as the stream tells it. */
export interface RoomState {
  readonly mode: "open" | "closed" | "view";
  /** The owner first. */
  readonly people: readonly Participant[];
  /** What runs and what waits, in order. */
  readonly turns: readonly Turn[];
  readonly runner: Runner;
  readonly title: string;
}

export interface Participant {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly here: boolean;
  readonly initial: string;
  readonly hue: number;
}

export interface Turn {
  readonly id: string;
  readonly state: "suggested" | "queued" | "running";
  /** The account that wrote it. */
  readonly by: number;
  readonly name: string;
  /** Empty once it stands among the entries. */
  readonly text: string;
  readonly clientId: string;
  readonly edits: number;
  readonly attachments: readonly string[];
  readonly stopping: boolean;
  /** What the runner waits for. */
  readonly status?: string | null;
}

export interface Runner {
  readonly state: "here" | "none" | "busy";
  readonly why?: string | null;
}

export interface Typist {
  readonly id: number;
  readonly draft: string;
}

export type Role = "viewer" | "suggester" | "prompter" | "owner";

const ranks: readonly Role[] = ["viewer", "suggester", "prompter", "owner"];

export const isAtLeast = (role: Role, needed: Role) => ranks.indexOf(role) >= ranks.indexOf(needed);
