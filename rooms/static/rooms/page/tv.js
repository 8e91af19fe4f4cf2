import { Artwork } from "./player/artwork.js";
import { Deck } from "./player/deck.js";
import { memory, part, write } from "./lib/dom.js";
import { Entrance } from "./player/entrance.js";
import { sayFarewell } from "./chrome/farewell.js";
import { joinCode } from "./screens/join_code.js";
import { fullScreen } from "./screens/full_screen.js";
import { Live } from "./screens/live.js";
import { NoticeBoard } from "./chrome/notice_board.js";
import { playAlong } from "./room/play_along.js";
import { RoomConnection } from "./room/room_connection.js";
import { Seek } from "./player/seek.js";
import { BrowserTab } from "./chrome/browser_tab.js";
import { UpNext } from "./screens/up_next.js";
import { startViews } from "./screens/views.js";
import { wakeLock } from "./chrome/wake_lock.js";

/** How often the position is drawn. */
const DRAW_EVERY_MS = 250;
/** A television changes nothing in the room, so that no change of rules concerns it. */
const ONLOOKER = { control: false, add: false, isOutdated: () => false, newRole: () => null };

/** The room on a huge screen: seen from far away, and heard like any listener's. */
function tv() {
  const root = document;
  const main = part(root, "deck", HTMLElement);
  const connection = new RoomConnection(main);
  const { session } = connection;
  const isMute = main.dataset.mute !== undefined;
  // What this page does without sound is not what the same browser likes in the room's own page.
  const follower = playAlong(connection, part(root, "stage", HTMLElement), isMute ? undefined : memory(), { isMute });
  if (isMute) follower.muted = true;
  const seek = new Seek(root, session, () => {});
  startViews(session, [...views(root, session, follower), seek]);
  const ticker = setInterval(() => document.hidden || seek.show(), DRAW_EVERY_MS);
  connection.reportFor(follower);
  connection.addEventListener("end", (event) => {
    clearInterval(ticker);
    sayFarewell(root, /** @type {CustomEvent} */ (event).detail, connection.farewell);
  });
  fullScreen(part(root, "full-screen", HTMLButtonElement));
  void connection.connect();
}

/**
 * @param {ParentNode} root
 * @param {RoomConnection["session"]} session
 * @param {ReturnType<typeof playAlong>} follower
 */
function views(root, session, follower) {
  const backdrop = part(root, "backdrop", HTMLElement);
  const artwork = new Artwork(part(root, "cover", HTMLElement), backdrop, session.state.room.name);
  const name = part(root, "room-name", HTMLElement);
  return [
    new Deck(root, session, artwork),
    new Entrance(part(root, "now", HTMLElement), session),
    new UpNext(root, session),
    new Live(root, session),
    new BrowserTab(session),
    new NoticeBoard(root, session, ONLOOKER, {
      listen: () => follower.listen(),
      backToLive: () => follower.backToLive(),
      reload: () => location.reload(),
    }),
    { show: () => write(name, session.state.room.name) },
    { show: joinCode(root, session) },
    { show: wakeLock(session, () => session.entry !== null) },
  ];
}

tv();
