// What is longer is not read while it is written.
const maxLength = 20_000;

// Milliseconds in which what is said may have overtaken the entry before it, which has to be read from the log first.
const head = 1000;

/** The answer that is being written, at the end of the entries until the entry itself comes. */
export class Draft {
  readonly #text = document.createTextNode("");
  readonly #article: HTMLElement;
  #begun = 0;

  constructor(private readonly list: HTMLElement) {
    const bubble = document.createElement("div");
    bubble.className = "bubble typed";
    bubble.append(this.#text);
    this.#article = document.createElement("div");
    this.#article.className = "draft answer agent";
    this.#article.ariaBusy = "true";
    this.#article.append(bubble);
  }

  /** More of its text. */
  write(text: string): void {
    this.#text.appendData(text);
    if (this.#text.length > maxLength) this.#text.deleteData(0, this.#text.length - maxLength);
    if (this.#article.isConnected) return;
    this.#begun = Date.now();
    this.list.after(this.#article);
  }

  /** Takes it away: the entry is there, or will not come. One that stands before it may only now have arrived. */
  end(mayStandBefore = false): void {
    if (mayStandBefore && Date.now() - this.#begun < head) return;
    this.#article.remove();
    this.#text.data = "";
  }
}
