import { freshPage } from "../lib/fresh_page.js";
import { part } from "../lib/dom.js";

/** How long after a failure the page is asked for again. */
const AGAIN_MS = 3_000;

/**
 * The code that leads into the room, renewed when other people may open the room: its link may be another one then.
 *
 * @param {ParentNode} root
 * @param {import("../room/session.js").Session} session
 * @returns {() => Promise<void>} to be called whenever the room may have changed
 */
export function joinCode(root, session) {
  let { visibility } = session.state.room;
  let isAsking = false;
  const show = async () => {
    const { visibility: wanted } = session.state.room;
    if (isAsking || wanted === visibility) return;
    isAsking = true;
    const page = await freshPage();
    if (page) {
      part(root, "join", HTMLElement).replaceChildren(...part(page, "join", HTMLElement).childNodes);
      visibility = wanted;
    }
    // The old code may lead nowhere by now, and nobody stands before a television to load it again.
    setTimeout(() => {
      isAsking = false;
      void show();
    }, page ? 0 : AGAIN_MS);
  };
  return show;
}
