/** What YouTube asks of an embedded player: never smaller, and never hidden while it plays. */
const SMALLEST_PX = 200;

const PLAYER_VARS = { playsinline: 1, controls: 0, disablekb: 1, rel: 0, enablejsapi: 1 };

/** The parameters of an embedded player, which answers to pages of this origin alone. */
export function playerVars() {
  return { ...PLAYER_VARS, origin: location.origin };
}

/**
 * The frame of an embedded player. It is made here and not by YouTube's script, since it has to name its referrer from
 * its first request on: without one YouTube refuses to play (error 153).
 * @param {string} videoId
 */
export function makeFrame(videoId) {
  const frame = document.createElement("iframe");
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.allow = "autoplay; encrypted-media; picture-in-picture";
  frame.width = frame.height = "100%";
  frame.title = "YouTube";
  const parameters = Object.entries(playerVars()).map(([name, value]) => [name, String(value)]);
  frame.src = `https://www.youtube.com/embed/${encodeURIComponent(videoId)}?${new URLSearchParams(parameters)}`;
  return frame;
}

/** The box around the frame, which keeps its smallest size whatever the page does. */
export function makeFrameBox() {
  const box = document.createElement("div");
  box.className = "media media-youtube";
  box.style.inlineSize = box.style.blockSize = "100%";
  box.style.minInlineSize = box.style.minBlockSize = `${SMALLEST_PX}px`;
  return box;
}
