/**
 * The character of a key in lower case, as shortcuts are named. Where another script is typed, as Hangul or Cyrillic, it
 * is the Latin letter on the same key.
 *
 * @param {KeyboardEvent} event
 * @returns {string}
 */
export function letterOf({ key, code }) {
  const isOfOtherScript = key.length === 1 && key > "~";
  const [, latin = key] = (isOfOtherScript && /^Key([A-Z])$/.exec(code)) || [];
  return latin.toLowerCase();
}
