import { part } from "./lib/dom.js";
import { Artwork } from "./player/artwork.js";
import { Deck } from "./player/deck.js";
import { Entrance } from "./player/entrance.js";
import { RoomConnection } from "./room/room_connection.js";
import { startViews } from "./screens/views.js";

/**
 * What plays, over the picture of a live stream. It reports no troubles of its own: the stream's audience would see
 * them.
 */
function overlay() {
  const root = document;
  const main = part(root, "deck", HTMLElement);
  const connection = new RoomConnection(main, { hasPlayer: false });
  const { session } = connection;
  const artwork = new Artwork(part(root, "cover", HTMLElement), document.createElement("div"), session.state.room.name);
  startViews(session, [new Deck(root, session, artwork), new Entrance(part(root, "now", HTMLElement), session)]);
  connection.addEventListener("end", () => main.classList.add("is-over"));
  void connection.connect();
}

overlay();
