import { loadYouTube } from "./youtube_loader.js";

/** The player's states, by the codes of onStateChange. */
export const UNSTARTED = -1;
export const ENDED = 0;
export const PLAYING = 1;
export const PAUSED = 2;
export const BUFFERING = 3;

/** What YouTube asks of an embedded player: never smaller. */
const SMALLEST_PX = 200;
const READY_WITHIN_MS = 20_000;

/** The box of a player, which keeps its smallest size whatever the page does. */
export function makeBox() {
  const box = document.createElement("div");
  box.className = "media media-youtube";
  box.style.inlineSize = box.style.blockSize = "100%";
  box.style.minInlineSize = box.style.minBlockSize = `${SMALLEST_PX}px`;
  return box;
}

/**
 * A player in `box`, ready for commands.
 *
 * Its frame is made here and not by YouTube's script, since it has to name its referrer from its first request on:
 * without one YouTube refuses to play (error 153).
 * @param {HTMLElement} box
 * @param {string} videoId what it shows first
 * @param {YT.Events} events
 * @returns {Promise<YT.Player>}
 */
export async function makePlayer(box, videoId, events) {
  const Player = await loadYouTube();
  const playerVars = { playsinline: 1, controls: 0, disablekb: 1, rel: 0, enablejsapi: 1, origin: location.origin };
  const frame = makeFrame(videoId, playerVars);
  box.replaceChildren(frame);
  return new Promise((resolve, reject) => {
    const size = { width: "100%", height: "100%" };
    const onReady = () => resolve(player);
    const player = new Player(frame, { videoId, playerVars, ...size, events: { ...events, onReady } });
    setTimeout(() => reject(new Error(`YouTube's player was not ready in ${READY_WITHIN_MS} ms.`)), READY_WITHIN_MS);
  });
}

/**
 * @param {string} videoId
 * @param {Record<string, string | number>} parameters
 */
function makeFrame(videoId, parameters) {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const frame = document.createElement("iframe");
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.allow = "autoplay; encrypted-media; picture-in-picture";
  frame.title = "YouTube";
  frame.width = frame.height = "100%";
  frame.style.border = "0";
  frame.src = `https://www.youtube.com/embed/${encodeURIComponent(videoId)}?${query}`;
  return frame;
}
