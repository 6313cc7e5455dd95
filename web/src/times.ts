import { all, enhance } from "./dom";

/** Shows times in the reader's own zone; the server writes UTC. */
export function localTimes(): void {
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
  const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
  const minute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  enhance((root) => {
    for (const time of all<HTMLTimeElement>(".entry time", root)) {
      const at = new Date(time.dateTime);
      time.textContent = clock.format(at);
      time.title = whole.format(at);
    }
    for (const time of all<HTMLTimeElement>("time[data-moment]", root)) time.textContent = minute.format(new Date(time.dateTime));
  });
}
