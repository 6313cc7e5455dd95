import { one } from "../dom";
import { avatar, make } from "./dom";
import { isAtLeast, type Participant, type Role, type RoomState } from "./state";

// So many avatars stand in the bar.
const shown = 4;

/** Who may be here and who is, and who of them looks at this page. */
export class People {
  #all: readonly Participant[] = [];
  readonly #crowd = one("#crowd");

  constructor(
    readonly me: number,
    private readonly myName: string,
    private role: Role,
  ) {}

  get all(): readonly Participant[] {
    return this.#all;
  }

  get self(): Participant {
    return this.find(this.me) ?? { id: this.me, name: this.myName, role: this.role, here: true, initial: this.myName.slice(0, 1).toUpperCase(), hue: 0 };
  }

  may(needed: Role): boolean {
    return isAtLeast(this.self.role, needed);
  }

  find(id: number): Participant | undefined {
    return this.#all.find((person) => person.id === id);
  }

  /** What a member is called by: the first word of the name where it is nobody else's, or all of it. */
  handle(person: Participant): string {
    const first = firstWord(person.name);
    return this.#all.filter((other) => firstWord(other.name).toLowerCase() === first.toLowerCase()).length > 1 ? person.name : first;
  }

  show(state: RoomState): void {
    this.#all = state.people;
    if (!this.#crowd) return;
    const here = state.people.filter((person) => person.here);
    const faces = [...state.people].sort((a, b) => Number(b.here) - Number(a.here)).slice(0, shown);
    const agent = one(".avatar.agent", this.#crowd);
    const says = make("span", "sr", `People: ${here.length} of ${state.people.length} here`);
    this.#crowd.replaceChildren(says, ...faces.map(face), ...(state.people.length > shown ? [make("span", "avatar more", `+${state.people.length - shown}`)] : []), ...(agent ? [agent] : []));
  }
}

export const firstWord = (name: string) => name.split(" ", 1)[0] ?? name;

function face(person: Participant): HTMLElement {
  const made = avatar(person.initial, person.hue, person.here ? `${person.name} is here` : person.name);
  if (person.here) made.dataset["here"] = "";
  return made;
}
