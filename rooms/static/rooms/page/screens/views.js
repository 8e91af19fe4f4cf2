/**
 * Draw views now, and whenever the session is new: the whole of a page that shows a room and changes nothing in it.
 *
 * @param {import("../room/session.js").Session} session
 * @param {{show: () => void}[]} views
 */
export function startViews(session, views) {
  const show = () => views.forEach((view) => view.show());
  session.addEventListener("change", show);
  session.addEventListener("status", show);
  show();
}
