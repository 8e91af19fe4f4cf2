/** In these something moves; without sound too, until the browser allows it. */
const SHOWING = ["playing", "blocked", "elsewhere", "hold"];

/**
 * Keep the screen on while there is something to look at, and only then.
 *
 * @param {import("../room/session.js").Session} session
 * @param {(session: import("../room/session.js").Session) => boolean} [isWorthSeeing] whether there is something to look at
 * @returns {() => void} to be called whenever that may have changed
 */
export function wakeLock(session, isWorthSeeing = hasPicture) {
  if (!("wakeLock" in navigator)) return () => {};
  /** @type {WakeLockSentinel | null} */
  let held = null;
  let isAsking = false;
  const wanted = () => !document.hidden && SHOWING.includes(session.status?.phase ?? "") && isWorthSeeing(session);
  const update = async () => {
    if (held && !wanted()) {
      void held.release();
      held = null;
    }
    if (held || isAsking || !wanted()) return;
    isAsking = true;
    // Refused when the battery is low, for one: the screen then goes dark as it always did.
    const lock = await navigator.wakeLock.request("screen").catch(() => null);
    isAsking = false;
    held = lock;
    lock?.addEventListener("release", () => {
      if (held === lock) held = null;
    });
  };
  // A browser takes it away when the page is hidden, and does not give it back.
  document.addEventListener("visibilitychange", () => void update());
  return () => void update();
}

/** @param {import("../room/session.js").Session} session */
function hasPicture({ entry, status }) {
  return entry?.provider === "youtube" || Boolean(status?.hasPicture);
}
