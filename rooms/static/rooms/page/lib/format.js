/**
 * `187000` as `3:07`, an hour and more as `1:02:03`.
 *
 * @param {number | null | undefined} ms
 * @returns {string}
 */
export function clockTime(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "";
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const padded = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return h ? `${h}:${padded(m)}:${padded(s)}` : `${m}:${padded(s)}`;
}

/**
 * The links in a text, in their order.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function linksIn(text) {
  return text.match(/https?:\/\/[^\s<>"]+/g) ?? [];
}

/** Hues of dusk and night, in degrees: what lies between them looks of olives and mustard. */
const HUES = [12, 28, 42, 58, 162, 188, 215, 240, 265, 290, 318, 342];

/**
 * A hue in degrees that the same text always gets, and similar texts rarely share.
 *
 * @param {string} text
 * @returns {number}
 */
export function hueOf(text) {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
  return HUES[(hash >>> 16) % HUES.length];
}
