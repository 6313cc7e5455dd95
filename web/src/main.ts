// What the browser adds to pages that work without it.
import { addCopyButtons } from "./clipboard";
import { context } from "./context";
import { one } from "./dom";
import { highlightWhatIsSeen } from "./highlight";
import { inboxBadge } from "./people/inbox";
import { peoplePanel } from "./people/panel";
import { followAddress } from "./session/entries";
import { askOnReturn } from "./session/gone";
import { keyboard } from "./session/keyboard";
import { outline } from "./session/outline";
import { endlessScroll } from "./session/scroll";
import { search } from "./session/search";
import { dialogLinks } from "./sharing/dialogs";
import { readySharePanel } from "./sharing/panel";
import { readyPromotion } from "./sharing/promote";
import { shares } from "./sharing/shares";
import { themeButton } from "./themes";
import { localTimes } from "./times";

themeButton();
localTimes();
addCopyButtons();
highlightWhatIsSeen();
dialogLinks();
readySharePanel(document);
readyPromotion(document);
shares();
peoplePanel();
inboxBadge();
context();
askOnReturn();
const list = one("#entries");
if (list) {
  followAddress();
  endlessScroll();
  search();
  keyboard();
  outline();
  const room = one("#room");
  if (room) void import("./room").then(({ enterRoom }) => enterRoom(room, list));
  else if (list.dataset["live"] === "live") void import("./live").then(({ watchSession }) => watchSession(list));
}
