import { all } from "../dom";
import { whenSeen } from "../seen";
import type { Piece } from "./tokens";

// Longer code stays as it is: nobody waits for its colours.
const maxLength = 60_000;

/** Colours code that comes into view, one piece at a time, while nothing else is to do. The highlighter itself is fetched with the first. */
export function highlightWhatIsSeen(): void {
  const waiting: HTMLElement[] = [];
  let busy = false;

  const work = async () => {
    if (busy) return;
    busy = true;
    for (let code = waiting.shift(); code; code = waiting.shift()) {
      await idle();
      await highlight(code).catch(() => undefined); // code without colours is still code
    }
    busy = false;
  };

  whenSeen((root) => {
    for (const pre of all("pre[data-lang]:not([data-coloured])", root)) {
      if (!pre.checkVisibility({ contentVisibilityAuto: true })) continue;
      pre.dataset["coloured"] = "soon";
      waiting.push(pre);
    }
    void work();
  });
}

const idle = () =>
  new Promise<void>((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: 300 });
    else setTimeout(resolve, 16);
  });

async function highlight(pre: HTMLElement): Promise<void> {
  const language = pre.dataset["lang"];
  const text = pre.textContent;
  if (!language || text.length > maxLength) return;
  const { tokenize } = await import("./tokens");
  colour(pre, await tokenize(text, language));
  pre.dataset["coloured"] = "now";
}

/** Wraps the pieces in spans. Text nodes are split where pieces begin and end, so marks, chips and lines inside the code stay. */
function colour(root: HTMLElement, pieces: Piece[]): void {
  const texts: Text[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode as Text);

  let start = 0;
  let next = 0;
  for (const text of texts) {
    const end = start + text.data.length;
    while (next < pieces.length && pieces[next]!.end <= start) next++;
    if (next < pieces.length && pieces[next]!.start < end) text.replaceWith(coloured(text.data, start, pieces, next));
    start = end;
  }
}

function coloured(text: string, offset: number, pieces: Piece[], first: number): DocumentFragment {
  const result = document.createDocumentFragment();
  let at = 0;
  for (let i = first; i < pieces.length && pieces[i]!.start < offset + text.length; i++) {
    const piece = pieces[i]!;
    const from = Math.max(at, piece.start - offset);
    const to = Math.min(text.length, piece.end - offset);
    if (from > at) result.append(text.slice(at, from));
    const span = document.createElement("span");
    span.className = piece.kind;
    span.textContent = text.slice(from, to);
    result.append(span);
    at = to;
  }
  if (at < text.length) result.append(text.slice(at));
  return result;
}
