/** @type {Record<number, string>} by the codes of onError, and 0 */
const REASONS = {
  0: "YouTube could not be reached from your browser.",
  2: "YouTube knows no video under this id.",
  5: "YouTube's player cannot play this video in your browser.",
  100: "This video is private or no longer on YouTube.",
  101: "Its owner does not let this video play outside YouTube.",
  150: "Its owner does not let this video play outside YouTube.",
  153: "YouTube refused, since your browser did not tell it which site the player is on.",
};

/**
 * What went wrong, in words.
 * @param {number} code
 * @returns {import("./adapter.js").Failure}
 */
export function failureOf(code) {
  return { code, reason: REASONS[code] ?? `YouTube's player failed (${code}).` };
}
