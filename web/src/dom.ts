/** The elements that match, as an array. */
export const all = <T extends HTMLElement>(selector: string, root: ParentNode = document): T[] => [...root.querySelectorAll<T>(selector)];

/** The first element that matches. */
export const one = <T extends HTMLElement>(selector: string, root: ParentNode = document): T | null => root.querySelector<T>(selector);

/** A page of this server, parsed but not run: its parts are moved into the page that is open. */
export async function fetchPage(address: string, signal?: AbortSignal): Promise<Document> {
  const response = await fetch(address, { headers: { accept: "text/html" }, ...(signal && { signal }) });
  if (!response.ok) throw new Error(`${response.status} for ${address}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Tells screen readers what has happened. */
export function announce(text: string): void {
  const status = one("#status");
  if (status) status.textContent = text;
}

/** What is done for entries when they come into the page: those that are there, and those that follow. */
export type Enhancer = (root: ParentNode) => void;
const enhancers: Enhancer[] = [];

export function enhance(enhancer: Enhancer): void {
  enhancers.push(enhancer);
  enhancer(document);
}

export const enhanceNew = (root: ParentNode): void => enhancers.forEach((enhancer) => enhancer(root));
