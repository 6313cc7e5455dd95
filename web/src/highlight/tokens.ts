import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { languages } from "./languages";

/** A coloured piece of code: where it begins and ends, in characters, and its class. */
export interface Piece {
  start: number;
  end: number;
  kind: string;
}

// The regular expressions of JavaScript instead of Oniguruma's in WebAssembly, which the page's policy would have to allow.
let highlighter: Promise<HighlighterCore> | undefined;

/** The pieces of the code that have a colour of their own, in order; none for a language without a grammar here. */
export async function tokenize(code: string, language: string): Promise<Piece[]> {
  const load = languages[language];
  if (!load) return [];
  const core = await (highlighter ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: "parley", variablePrefix: "--t-" })],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  }));
  if (!core.getLoadedLanguages().includes(language)) await core.loadLanguage((await load()).default);

  // The limit is a line's; beyond it the line has one colour. A language's first line waits for its grammar to be compiled, which takes a phone its time.
  const lines = core.codeToTokensBase(code, { lang: language, theme: "parley", tokenizeMaxLineLength: 2000, tokenizeTimeLimit: 2000 });
  return lines.flat().flatMap((token) => {
    const kind = /^var\(--t-token-([a-z-]+)\)$/.exec(token.color ?? "")?.[1];
    return kind ? [{ start: token.offset, end: token.offset + token.content.length, kind: `t-${kind}` }] : [];
  });
}
