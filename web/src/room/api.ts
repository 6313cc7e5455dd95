/** What the server answers: done, refused with its reason, or not reached. */
export type Answer<Body> = { readonly kind: "done"; readonly body: Body } | { readonly kind: "refused"; readonly status: number; readonly why: string } | { readonly kind: "lost" };

// Milliseconds after which an answer is no longer waited for.
const patience = 15_000;

/** The routes of one session, as the member who is signed in. */
export class Api {
  constructor(private readonly root: string) {}

  post = <Body = unknown>(path: string, body: object = {}) => this.#send<Body>("POST", path, body);
  patch = <Body = unknown>(path: string, body: object) => this.#send<Body>("PATCH", path, body);
  delete = (path: string) => this.#send<unknown>("DELETE", path);
  get = <Body>(path: string) => this.#send<Body>("GET", path);

  /** Sent even while the page is left, and nobody waits for the answer. */
  leave(path: string, body: object): void {
    void fetch(this.root + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), keepalive: true }).catch(() => undefined);
  }

  async #send<Body>(method: string, path: string, body?: object): Promise<Answer<Body>> {
    const request = { method, signal: AbortSignal.timeout(patience), ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }) };
    const response = await fetch(this.root + path, request).catch(() => undefined);
    if (!response || response.status >= 500 || response.status === 429) return { kind: "lost" };
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    const read = isJson ? await response.json().catch(() => undefined) : undefined;
    if (response.ok) return { kind: "done", body: read as Body };
    return { kind: "refused", status: response.status, why: (read as { detail?: string } | undefined)?.detail ?? `The server answers ${response.status}.` };
  }
}
