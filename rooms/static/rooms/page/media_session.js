/**
 * Tell the system what plays, for its lock screen and the keys of keyboards and headphones.
 *
 * @param {import("./session.js").Session} session
 * @param {boolean} canControl
 * @param {{toggle: () => void, next: () => void, previous: () => void}} acts
 * @returns {() => void} shows the current state
 */
export function mediaSession(session, canControl, acts) {
  const system = navigator.mediaSession;
  if (!system) return () => {};
  system.setActionHandler("play", acts.toggle);
  system.setActionHandler("pause", acts.toggle);
  if (canControl) {
    system.setActionHandler("nexttrack", acts.next);
    system.setActionHandler("previoustrack", acts.previous);
  }
  let shown = "";
  return () => {
    const { entry, player, state } = session;
    system.playbackState = !entry
      ? "none"
      : player.playing && session.status?.phase !== "alone"
        ? "playing"
        : "paused";
    const now = entry ? `${entry.id} ${entry.title}` : "";
    if (now === shown) return;
    shown = now;
    system.metadata = entry
      ? new MediaMetadata({
          title: entry.title,
          artist: entry.artist,
          album: state.room.name,
          artwork: entry.artwork_url ? [{ src: new URL(entry.artwork_url, location.href).href }] : [],
        })
      : null;
  };
}
