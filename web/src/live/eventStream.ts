/** One event of a stream; its data are the `data` lines, joined. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
}

/**
 * Takes a text/event-stream apart (WHATWG HTML, section 9.2.6), however it was cut on its way. It knows `event` and `data`: the place of a
 * reader is the seq of what they have, so `id` says nothing new, and when to try again is the connection's to decide.
 */
export class EventStream {
  #line = "";
  #type = "";
  #data: string[] = [];
  #afterReturn = false;

  /** The events that are complete with this piece of text. */
  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const lineEnd = /\r\n?|\n/g;
    // A line end that was cut in two is one line end.
    let start = this.#afterReturn && text.startsWith("\n") ? 1 : 0;
    lineEnd.lastIndex = start;
    for (let end = lineEnd.exec(text); end; end = lineEnd.exec(text)) {
      const event = this.#take(this.#line + text.slice(start, end.index));
      if (event) events.push(event);
      this.#line = "";
      start = lineEnd.lastIndex;
    }
    this.#line += text.slice(start);
    if (text.length > 0) this.#afterReturn = text.endsWith("\r");
    return events;
  }

  #take(line: string): StreamEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#type = value;
    else if (field === "data") this.#data.push(value);
    return undefined;
  }

  #dispatch(): StreamEvent | undefined {
    const event = { type: this.#type || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    return empty ? undefined : event;
  }
}
