import { t } from "../../i18n/translate.js";

/** Reasons that only the server gives. @type {Record<string, string>} */
const TOLD = {
  "It could not be played by those who listened.": t("It could not be played by those who listened."),
};

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
