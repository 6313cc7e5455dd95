/** What members see beside the entries, as the stream tells it. */
export interface RoomState {
  readonly mode: "open" | "closed" | "view";
  /** The owner first. */
  readonly people: readonly Participant[];
  readonly queue: TurnList;
  readonly title: string;
  /** What the agent asks for and nobody has decided on yet. */
  readonly permissions: readonly Asked[];
}

export interface Asked {
  readonly permissionId: string;
  /** Whose prompt it is asked for. */
  readonly prompter: string;
  readonly tool: string;
  readonly lines: readonly string[];
  readonly expiresAt: string;
}

export interface Participant {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly here: boolean;
  readonly initial: string;
  readonly hue: number;
  /** Whether they decide on what the agent asks for. */
  readonly approves?: boolean;
}

export interface TurnList {
  /** What runs and what waits, in order. */
  readonly turns: readonly Turn[];
  readonly runner: "host" | "here" | "busy" | "none";
  /** What is to be done about that. */
  readonly why?: string;
  readonly agent: { readonly model: string; readonly budget?: number | null; readonly spent: number };
}

export interface Turn {
  readonly turnId: string;
  readonly state: "suggested" | "queued" | "running";
  readonly accountId: number;
  readonly author: string;
  /** Absent once it stands among the entries. */
  readonly text?: string;
  readonly attachments: readonly { readonly path: string }[];
  readonly edits: number;
  readonly promptSeq?: number;
  /** What it waits for while it runs. */
  readonly status?: string;
  /** Who has asked for its end. */
  readonly stoppedBy?: string;
}

export interface Typist {
  readonly id: number;
  readonly draft: string;
}

export type Role = "viewer" | "suggester" | "prompter" | "owner";

const ranks: readonly Role[] = ["viewer", "suggester", "prompter", "owner"];

export const isAtLeast = (role: Role, needed: Role) => ranks.indexOf(role) >= ranks.indexOf(needed);
