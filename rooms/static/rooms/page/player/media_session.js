/**
 * Tell the system what plays, for its lock screen and the keys of keyboards and headphones.
 *
 * Of direct media alone: a YouTube player speaks to the system itself, from its own frame.
 *
 * @param {import("../room/session.js").Session} session
 * @param {{control: boolean, skip: boolean}} can
 * @param {{toggle: () => void, next: () => void, previous: () => void, seek: (positionMs: number) => void}} acts
 * @returns {() => void} shows the current state
 */
export function mediaSession(session, can, acts) {
  const system = navigator.mediaSession;
  if (!system) return () => {};
  const playing = () => session.player.playing && session.status?.phase !== "alone";
  listen(system, {
    play: () => playing() || acts.toggle(),
    pause: () => playing() && acts.toggle(),
  });
  if (can.skip) listen(system, { nexttrack: acts.next, previoustrack: acts.previous });
  if (can.control) {
    listen(system, { seekto: ({ seekTime }) => seekTime !== undefined && acts.seek(seekTime * 1000) });
  }
  let shown = "";
  let placed = "";
  return () => {
    const { entry, state } = session;
    const direct = entry?.provider === "youtube" ? null : entry;
    system.playbackState = !direct ? "none" : playing() ? "playing" : "paused";
    const facts = direct && factsOf(direct, session.player.now_playing, state.room.name);
    const now = JSON.stringify(facts && [direct?.id, facts]);
    if (now !== shown) system.metadata = facts && new MediaMetadata(facts);
    shown = now;
    const place = JSON.stringify([now, session.player.effective_at_ms, session.player.playing, session.lengthMs]);
    if (place !== placed) system.setPositionState?.(positionOf(session, direct));
    placed = place;
  };
}

/**
 * @param {MediaSession} system
 * @param {Partial<Record<MediaSessionAction, MediaSessionActionHandler>>} handlers
 */
function listen(system, handlers) {
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      system.setActionHandler(/** @type {MediaSessionAction} */ (action), handler);
    } catch {
      // This browser does not know the action.
    }
  }
}

/**
 * @param {import("../room/types.js").Entry} entry
 * @param {string | undefined} nowPlaying what a radio station says it plays
 * @param {string} room
 * @returns {MediaMetadataInit}
 */
function factsOf({ title, artist, album, artwork_url }, nowPlaying, room) {
  const artwork = artwork_url ? [{ src: new URL(artwork_url, location.href).href }] : [];
  return { title, artist: nowPlaying || artist, album: album || room, artwork };
}

/**
 * @param {import("../room/session.js").Session} session
 * @param {import("../room/types.js").Entry | null} direct
 * @returns {MediaPositionState | undefined} undefined where there is no end, as in a live stream
 */
function positionOf({ lengthMs, positionMs, player }, direct) {
  if (!direct || !lengthMs) return undefined;
  return { duration: lengthMs / 1000, position: Math.min(positionMs, lengthMs) / 1000, playbackRate: player.rate };
}
