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

const STOPS = "\\s<>\"`“”‘’「」『』【】《》（），。、！？；：…";
const YOUTUBE = "(?:[a-z0-9-]+\\.){0,3}(?:youtube(?:-nocookie)?\\.com|youtu\\.be)/";
const NEXT = `[,;](?:[a-z]{3,6}://|${YOUTUBE})|(?<![=/?&#%:,;|(_-])https?://`;
const LINK = new RegExp(
  `https?(?:://|%3A%2F%2F|:\\\\/\\\\/)(?:(?!${NEXT})[^${STOPS}])+|(?<![a-z0-9@._:%-])${YOUTUBE}(?:(?!${NEXT})[^${STOPS}])+`,
  "gi",
);

/**
 * Where a text seems to hold links, in their order: enough to know that there are any, and to show rows at once. Which
 * links they are is said by the server, whose extractor is held to the same table of pasted texts.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function linksIn(text) {
  return (text.match(LINK) ?? []).map((link) => link.replace(/[.,;:!?'*~|)\]]+$/, ""));
}

const FEWEST_LETTERS = 2;
/** The beginning of a link, or one without its scheme. */
const LINK_TO_BE = /^\S*:\/|^(?:https?:?|www\.\S*)$|^\S+\.\S+\//i;

/**
 * @param {string} text
 * @returns {boolean} whether it is to be searched for: enough of it, and no link or the beginning of one
 */
export function isWords(text) {
  const typed = text.trim();
  return typed.length >= FEWEST_LETTERS && !linksIn(typed).length && !LINK_TO_BE.test(typed);
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

/**
 * An instant in the page's language and the reader's time zone.
 *
 * @param {number} ms since the epoch
 * @returns {string}
 */
export function dateTime(ms) {
  return new Date(ms).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}
