import { EventStream, type StreamEvent } from "./eventStream";

// The server sends something at least every 15 seconds; more than two beats missed, and the line is dead.
const silence = 35_000;
const heartbeat = 15_000;
const tick = 5_000;

// Milliseconds between attempts grow from the first to the last; a connection that has held this long starts from the first again.
const firstDelay = 500;
const lastDelay = 30_000;
const steady = 10_000;

// A page that nobody looks at gives its connection back after this long: over HTTP/1.1 a browser has six for all pages of a server.
const unseen = 60_000;

/** What is read over a connection, and who is told. */
export interface Source {
  /** The stream is opened (anew): the address where it goes on from what is there already. */
  begin(): string;
  readonly token: string | undefined;
  /** What came in one piece. */
  received(events: StreamEvent[]): void;
  /** The server answers. */
  found(): void;
  /** It does not, and is tried again. */
  lost(): void;
  /** Nobody looks at the page, and nothing is read until somebody does. */
  left(): void;
  /** There is nothing to read any more. */
  gone(): void;
}

/**
 * Keeps reading a stream of events. What ends it (a lost network, the sleep of a laptop, a restart of the server) is noticed, and it goes on
 * from where it was by itself. It knows nothing of what the events say.
 */
export class Connection {
  readonly #source: Source;
  readonly #over = new AbortController();
  #attempt = new AbortController();
  #open = false;
  #resting = false;
  #heard = 0;
  #failures = 0;
  #atOnce = false;
  #goOn: () => void = () => undefined;

  constructor(source: Source) {
    this.#source = source;
    this.#noticeTrouble();
  }

  /** Reads until `stop`. */
  async run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#read();
      if (this.#over.signal.aborted) return;
      // A single failure is mostly over before anyone has read of it.
      if (!this.#resting && (this.#failures > 0 || !navigator.onLine)) this.#source.lost();
      await this.#pause();
    }
  }

  /** Nothing more is expected: the end of the stream is no failure, and whoever comes back to the page looks once more. */
  rest(): void {
    this.#resting = true;
  }

  /** Ends it for good. */
  stop(): void {
    this.#over.abort();
    this.#again();
  }

  async #read(): Promise<void> {
    this.#attempt = new AbortController();
    this.#resting = this.#atOnce = false;
    this.#open = true;
    const began = (this.#heard = Date.now());
    const headers = { accept: "text/event-stream", ...(this.#source.token && { authorization: `Bearer ${this.#source.token}` }) };
    const response = await fetch(this.#source.begin(), { headers, cache: "no-store", signal: this.#attempt.signal }).catch(() => undefined);
    if (response && isGone(response)) this.#source.gone();
    else if (response?.ok && response.body) await this.#drain(response.body);
    this.#open = false;
    if (Date.now() - began > steady) this.#failures = 0;
  }

  async #drain(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const stream = new EventStream();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const next = () => reader.read().catch(() => undefined);
    for (let piece = await next(); piece && !piece.done; piece = await next()) {
      this.#heard = Date.now();
      this.#source.found();
      const events = stream.push(piece.value);
      if (events.length > 0) this.#source.received(events);
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
      if (this.#atOnce) resolve();
      else if (!this.#resting) setTimeout(resolve, this.#delay());
    });
  }

  // Never in step with all the others that have lost the same server.
  #delay(): number {
    return Math.min(lastDelay, firstDelay * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
  }

  // Leaves the attempt that is under way, or the pause before the next one.
  #again(): void {
    this.#atOnce = true;
    this.#failures = 0;
    this.#attempt.abort();
    this.#goOn();
  }

  #noticeTrouble(): void {
    const { signal } = this.#over;
    const quietFor = () => Date.now() - this.#heard;
    const clock = setInterval(() => {
      if (this.#open && quietFor() > silence) this.#again();
    }, tick);
    signal.addEventListener("abort", () => clearInterval(clock));
    addEventListener("online", () => this.#again(), { signal });
    addEventListener("offline", () => this.#attempt.abort(), { signal });
    // Whoever opens their laptop does not wait for the clock to find out.
    const lookedAt = () => {
      if (document.visibilityState === "visible" && (!this.#open || quietFor() > heartbeat + tick)) this.#again();
    };
    let leaving = 0;
    const turned = () => {
      clearTimeout(leaving);
      if (document.visibilityState === "hidden") leaving = window.setTimeout(() => this.#leave(), unseen);
      else lookedAt();
    };
    document.addEventListener("visibilitychange", turned, { signal });
    addEventListener("pageshow", lookedAt, { signal });
  }

  #leave(): void {
    if (this.#over.signal.aborted || !this.#open) return;
    this.#resting = true;
    this.#attempt.abort();
    this.#source.left();
  }
}

// The server's own answer, rather than that of something between it and here that has lost sight of it.
const isGone = (response: Response) => response.status === 404 && (response.headers.get("content-type") ?? "").startsWith("application/problem+json");
