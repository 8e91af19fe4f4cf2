import { t, tn } from "../../i18n/translate.js";
import { Refusal } from "../lib/api.js";

/** @typedef {import("./types.js").Entry} Entry */

/**
 * What became of several links.
 *
 * @typedef {object} Outcome
 * @property {Entry[]} entries what was added
 * @property {string[]} refused the links that cannot be played
 */

/** So many may be bad before the rest is not tried any more: it was no list of links. */
const MOST_REFUSED = 20;
/** No more than these are named. */
const MOST_NAMED = 3;
const MOST_SHOWN = 40;

/**
 * Add `links` in one change; where the server refuses some of them, those alone are left out. It refuses all for one,
 * so what it refuses is asked for again in halves.
 *
 * @param {string[]} links
 * @param {(text: string) => Promise<Entry[]>} add
 * @returns {Promise<Outcome>}
 * @throws {Refusal} if none was added
 */
export async function addSeveral(links, add) {
  /** @type {string[]} */
  const refused = [];
  /** @type {Refusal | null} */
  let first = null;
  /** @type {(some: string[]) => Promise<Entry[]>} */
  const attempt = async (some) => {
    if (refused.length >= MOST_REFUSED) {
      refused.push(...some);
      return [];
    }
    try {
      return await add(some.join("\n"));
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.code !== "invalid") throw problem;
      first ??= problem;
    }
    if (some.length === 1) {
      refused.push(some[0]);
      return [];
    }
    const half = Math.ceil(some.length / 2);
    const before = await attempt(some.slice(0, half));
    return [...before, ...(await attempt(some.slice(half)))];
  };
  const entries = await attempt(links);
  if (first && !entries.length) throw first;
  return { entries, refused };
}

/**
 * @param {number} added
 * @param {string[]} refused at least one
 * @returns {string}
 */
export function partlyAdded(added, refused) {
  const named = refused.slice(0, MOST_NAMED).map(shortened);
  const more = refused.length - named.length;
  if (more) named.push(tn("and one more", "and {count} more", more));
  return t("{added}, {refused}", {
    added: tn("{count} added", "{count} added", added),
    refused: tn(
      "{count} was not a link that can be played: {links}",
      "{count} were not links that can be played: {links}",
      refused.length,
      { links: named.join(", ") },
    ),
  });
}

/** @param {string} link */
function shortened(link) {
  return link.length > MOST_SHOWN ? `${link.slice(0, MOST_SHOWN)}…` : link;
}
