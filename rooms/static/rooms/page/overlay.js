import { Artwork } from "./player/artwork.js";
import { Deck } from "./player/deck.js";
import { part } from "./lib/dom.js";
import { Entrance } from "./player/entrance.js";
import { Screen } from "./screens/screen.js";

/** What plays, over the picture of a stream. It says nothing of its own troubles: thousands watch. */
function overlay() {
  const root = document;
  const main = part(root, "deck", HTMLElement);
  const screen = new Screen(main);
  const { session } = screen;
  const artwork = new Artwork(part(root, "cover", HTMLElement), document.createElement("div"), session.state.room.name);
  const leave = () => main.classList.add("is-over");
  screen.start([new Deck(root, session, artwork), new Entrance(part(root, "now", HTMLElement), session)]);
  screen.addEventListener("end", leave);
  screen.connect();
}

overlay();
