// What the browser adds to pages that work without it.
import { addCopyButtons } from "./clipboard";
import { highlightWhatIsSeen } from "./highlight";
import { followAddress } from "./session/entries";
import { keyboard } from "./session/keyboard";
import { outline } from "./session/outline";
import { endlessScroll } from "./session/scroll";
import { search } from "./session/search";
import { dialogLinks } from "./sharing/dialogs";
import { readySharePanel } from "./sharing/panel";
import { shares } from "./sharing/shares";
import { themeButton } from "./themes";
import { localTimes } from "./times";

themeButton();
localTimes();
addCopyButtons();
highlightWhatIsSeen();
dialogLinks();
readySharePanel(document);
shares();
if (document.querySelector("#entries")) {
  followAddress();
  endlessScroll();
  search();
  keyboard();
  outline();
}
