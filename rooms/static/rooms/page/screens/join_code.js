import { freshPage } from "../lib/fresh_page.js";
import { part } from "../lib/dom.js";

/**
 * The code that leads into the room, renewed when other people may open the room: its link may be another one then.
 *
 * @param {ParentNode} root
 * @param {import("../room/session.js").Session} session
 * @returns {() => Promise<void>} to be called whenever the room may have changed
 */
export function joinCode(root, session) {
  let { visibility } = session.state.room;
  return async () => {
    if (session.state.room.visibility === visibility) return;
    visibility = session.state.room.visibility;
    const page = await freshPage();
    if (page) part(root, "join", HTMLElement).replaceChildren(...part(page, "join", HTMLElement).childNodes);
  };
}
