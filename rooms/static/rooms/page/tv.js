import { Artwork } from "./player/artwork.js";
import { Deck } from "./player/deck.js";
import { memory, part, write } from "./lib/dom.js";
import { Entrance } from "./player/entrance.js";
import { sayFarewell } from "./chrome/farewell.js";
import { fullScreen } from "./screens/full_screen.js";
import { Live } from "./screens/live.js";
import { NoticeBoard } from "./chrome/notice_board.js";
import { playAlong } from "./room/play_along.js";
import { Screen } from "./screens/screen.js";
import { Seek } from "./player/seek.js";
import { Tab } from "./chrome/browser_tab.js";
import { UpNext } from "./screens/up_next.js";
import { wakeLock } from "./chrome/wake_lock.js";

/** How often the position is drawn, in milliseconds. */
const TICK_MS = 250;
/** Whoever watches from a sofa changes nothing, so that no change of rules concerns them. */
const ONLOOKER = { control: false, add: false, isOutdated: () => false };

/** The room on a huge screen: seen from far away, and heard like any listener's. */
function tv() {
  const root = document;
  const main = part(root, "deck", HTMLElement);
  const screen = new Screen(main);
  const { session } = screen;
  const isMute = main.dataset.mute !== undefined;
  // What this page does without sound is not what the same browser likes in the room's own page.
  const follower = playAlong(screen, part(root, "stage", HTMLElement), isMute ? undefined : memory());
  if (isMute) follower.muted = true;
  const seek = new Seek(root, session, () => {});
  screen.start([...views(root, screen, follower), seek]);
  const ticker = setInterval(() => document.hidden || seek.show(), TICK_MS);
  follower.addEventListener("hint", (event) => {
    // A hint that is lost or refused costs nothing: others have the same to say.
    screen.api.hint(/** @type {CustomEvent} */ (event).detail).catch(() => {});
  });
  screen.addEventListener("end", (event) => {
    clearInterval(ticker);
    sayFarewell(root, /** @type {CustomEvent} */ (event).detail);
  });
  window.addEventListener("pagehide", () => screen.api.goodbye());
  fullScreen(part(root, "full-screen", HTMLButtonElement));
  screen.connect();
}

/**
 * @param {ParentNode} root
 * @param {Screen} screen
 * @param {ReturnType<typeof playAlong>} follower
 */
function views(root, { session }, follower) {
  const backdrop = part(root, "backdrop", HTMLElement);
  const artwork = new Artwork(part(root, "cover", HTMLElement), backdrop, session.state.room.name);
  const name = part(root, "room-name", HTMLElement);
  return [
    new Deck(root, session, artwork),
    new Entrance(part(root, "now", HTMLElement), session),
    new UpNext(root, session),
    new Live(root, session),
    new Tab(session),
    new NoticeBoard(root, session, ONLOOKER, {
      listen: () => follower.listen(),
      backToLive: () => follower.backToLive(),
      reload: () => location.reload(),
    }),
    { show: () => write(name, session.state.room.name) },
    { show: wakeLock(session, () => session.entry !== null) },
  ];
}

tv();
