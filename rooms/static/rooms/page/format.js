/**
 * `187000` as `3:07`, an hour and more as `1:02:03`.
 *
 * @param {number | null | undefined} ms
 * @returns {string}
 */
export function clockTime(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '';
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const padded = (/** @type {number} */ n) => String(n).padStart(2, '0');
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

/**
 * A number of 0 to 359 that the same text always gets, and similar texts rarely share.
 *
 * @param {string} text
 * @returns {number}
 */
export function hueOf(text) {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % 360;
}
