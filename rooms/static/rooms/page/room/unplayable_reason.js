import { t } from "../../i18n/translate.js";

const FAILED = "It could not be played by those who listened.";

const MISSING = "There is no file at this address.";
const NOT_MEDIA = "At this address is no audio or video file.";

/** Reasons that only the server gives. @type {Record<string, string>} */
const TOLD = {
  [FAILED]: t("It could not be played by those who listened."),
  [MISSING]: t("There is no file at this address."),
  [NOT_MEDIA]: t("At this address is no audio or video file."),
};

const TOO_LONG = "It is longer than this room allows.";

/**
 * Whether it failed for those who listened, or the server found nothing to play, which may be tried again; what its
 * provider refuses may not.
 *
 * @param {import("./types.js").Entry} entry
 */
export function hasFailedHere({ unplayable = "" }) {
  return unplayable in TOLD;
}

/**
 * Why nobody can play an entry. The server says it to everybody at once, in English; players have the other reasons
 * too.
 *
 * @param {{unplayable?: string}} entry
 * @returns {string} empty if they can
 */
export function reasonOf({ unplayable = "" }) {
  if (unplayable === TOO_LONG) return t("It is longer than this room allows.");
  return TOLD[unplayable] ?? t(unplayable);
}
