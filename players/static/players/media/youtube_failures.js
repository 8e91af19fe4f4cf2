import { t } from "../../rooms/i18n/translate.js";

const UNREACHABLE = 0;

/** @type {Record<number, string>} by the codes of onError, and 0 */
const REASONS = {
  0: t("YouTube could not be reached from your browser."),
  2: t("YouTube knows no video under this id."),
  5: t("YouTube's player cannot play this video in your browser."),
  100: t("This video is private or no longer on YouTube."),
  101: t("Its owner does not let this video play outside YouTube."),
  150: t("Its owner does not let this video play outside YouTube."),
  153: t("YouTube refused, since your browser did not tell it which site the player is on."),
};

/**
 * A sentence for an error code of the IFrame API.
 * @param {number} code
 * @returns {import("./adapter.js").Failure}
 */
export function failureOf(code) {
  const reason = REASONS[code] ?? t("YouTube's player failed ({code}).", { code });
  return { code, reason, mayPass: code === UNREACHABLE };
}
