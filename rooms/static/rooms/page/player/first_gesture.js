/**
 * Unblock the sound by a click anywhere, which is the gesture that autoplay policies wait for.
 *
 * Handled after the clicked button's own handler, so that the button does what it always does.
 *
 * @param {import("../room/session.js").Session} session
 * @param {() => void} listen
 */
export function listenAtFirstGesture(session, listen) {
  document.addEventListener("click", (event) => {
    if (event.isTrusted && session.status?.isBlocked) listen();
  });
}
