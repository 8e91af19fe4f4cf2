/**
 * Whoever touches the page wants to hear it: a click anywhere is the gesture that browsers wait for.
 *
 * Heard after the button that was clicked, so that pressing that means what it always means.
 *
 * @param {import("../room/session.js").Session} session
 * @param {() => void} listen
 */
export function listenAtFirstGesture(session, listen) {
  document.addEventListener("click", (event) => {
    if (event.isTrusted && session.status?.phase === "blocked") listen();
  });
}
