/**
 * How far the current media is buffered, in milliseconds; 0 where that is hidden, as inside YouTube's player.
 *
 * @param {HTMLElement} stage
 * @param {string} url of what plays
 * @param {number} positionMs
 */
export function loadedUntilMs(stage, url, positionMs) {
  const { href } = new URL(url, location.href);
  const media = [...stage.querySelectorAll("video")].find((one) => one.currentSrc === href);
  if (!media) return 0;
  const { buffered } = media;
  const ends = [...Array(buffered.length).keys()].filter((n) => buffered.start(n) * 1000 <= positionMs);
  return ends.length ? buffered.end(ends[ends.length - 1]) * 1000 : 0;
}
