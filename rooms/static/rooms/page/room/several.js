import { t, tn } from "../../i18n/translate.js";

/** No more than these are named. */
const MOST_NAMED = 3;
const MOST_SHOWN = 40;

/**
 * @param {number} added
 * @param {{text: string, reason: string}[]} refused at least one; of a single one the reason is told
 * @returns {string}
 */
export function partlyAdded(added, refused) {
  const told = tn("{count} added", "{count} added", added);
  if (refused.length === 1) return t("{added}. {reason}", { added: told, reason: refused[0].reason });
  const named = refused.slice(0, MOST_NAMED).map(({ text }) => shortened(text));
  const more = refused.length - named.length;
  if (more) named.push(tn("and one more", "and {count} more", more));
  const left = tn(
    "{count} was not a link that can be played: {links}",
    "{count} were not links that can be played: {links}",
    refused.length,
    { links: named.join(", ") },
  );
  return t("{added}, {refused}", { added: told, refused: left });
}

/** @param {string} link */
function shortened(link) {
  return link.length > MOST_SHOWN ? `${link.slice(0, MOST_SHOWN)}…` : link;
}
