import { all, one } from "../dom";

/** Shows how much is unread, at the inbox's link and wherever else that is to be seen, for as long as somebody looks at the page: browsers give each server few connections. */
export function inboxBadge(): void {
  const link = one<HTMLAnchorElement>("a[data-inbox]");
  if (!link) return;
  let stream: EventSource | null = null;
  const follow = () => {
    stream?.close();
    stream = document.visibilityState === "visible" ? watch(link.dataset["inbox"] ?? "", all(".unread-count")) : null;
  };
  document.addEventListener("visibilitychange", follow);
  // What the back button brings from memory has lost its stream.
  addEventListener("pageshow", (event) => event.persisted && follow());
  follow();
}

function watch(address: string, badges: readonly HTMLElement[]): EventSource {
  const stream = new EventSource(address);
  stream.addEventListener("inbox", (event) => {
    const { unread } = JSON.parse(event.data) as { unread: number };
    for (const badge of badges) {
      badge.hidden = unread === 0;
      badge.textContent = unread > 99 ? "99+" : `${unread}`;
      badge.setAttribute("aria-label", `${unread} unread`);
    }
  });
  return stream;
}
