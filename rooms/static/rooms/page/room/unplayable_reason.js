import { t } from "../../i18n/translate.js";

const FAILED = "It could not be played by those who listened.";

/** Reasons that only the server gives. @type {Record<string, string>} */
const TOLD = { [FAILED]: t("It could not be played by those who listened.") };

/**
 * Whether it failed for those who listened, which may be tried again; what its provider refuses may not.
 *
 * @param {import("./types.js").Entry} entry
 */
export function hasFailedHere({ unplayable }) {
  return unplayable === FAILED;
}

/**
 * Why nobody can play an entry. The server says it to everybody at once, in English; players have the other reasons
 * too.
 *
 * @param {{unplayable?: string}} entry
 * @returns {string} empty if they can
 */
export function reasonOf({ unplayable = "" }) {
  return TOLD[unplayable] ?? t(unplayable);
}
