/**
 * One piece of a message: plain text, a link, or the name of somebody who is mentioned.
 *
 * @typedef {{text: string, href?: string, mention?: boolean}} Piece
 */

const LINK = /https?:\/\/[^\s<>"“”]+/giu;
/** What ends a sentence and not a link. */
const BEHIND = /[.,;:!?'’*~|)\]}…]+$/u;
const WORD = /[\p{L}\p{N}_]/u;

/**
 * A message in pieces: its links, of which only web addresses are any, and the names behind an @.
 *
 * @param {string} text
 * @param {string[]} names of those who may be meant
 * @returns {Piece[]} with all of the text in its order
 */
export function piecesOf(text, names) {
  /** @type {Piece[]} */
  const pieces = [];
  let done = 0;
  for (const match of text.matchAll(LINK)) {
    const link = match[0].replace(BEHIND, "");
    const href = addressOf(link);
    if (!href) continue;
    pieces.push(...withMentions(text.slice(done, match.index), names), { text: link, href });
    done = match.index + link.length;
  }
  pieces.push(...withMentions(text.slice(done), names));
  return pieces.filter((piece) => piece.text);
}

/**
 * Whether a message speaks to the person of that name.
 *
 * @param {string} text
 * @param {string} name
 * @returns {boolean}
 */
export function mentions(text, name) {
  return withMentions(text, [name]).some((piece) => piece.mention);
}

/** @param {string} link */
function addressOf(link) {
  try {
    const { protocol, href } = new URL(link);
    return protocol === "http:" || protocol === "https:" ? href : "";
  } catch {
    return "";
  }
}

/**
 * @param {string} text
 * @param {string[]} names
 * @returns {Piece[]}
 */
function withMentions(text, names) {
  if (!text.includes("@")) return [{ text }];
  const known = names.filter(Boolean).sort((a, b) => b.length - a.length);
  /** @type {Piece[]} */
  const pieces = [];
  let done = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", Math.max(at + 1, done))) {
    if (at > 0 && WORD.test(text[at - 1])) continue;
    const name = known.find((one) => begins(text, at + 1, one));
    if (!name) continue;
    const end = at + 1 + name.length;
    pieces.push({ text: text.slice(done, at) }, { text: text.slice(at, end), mention: true });
    done = end;
  }
  return [...pieces, { text: text.slice(done) }];
}

/**
 * Whether `name` stands at a place of `text`, as a word of its own.
 *
 * @param {string} text
 * @param {number} at
 * @param {string} name
 */
function begins(text, at, name) {
  const end = at + name.length;
  return text.slice(at, end).toLowerCase() === name.toLowerCase() && !WORD.test(text[end] ?? "");
}
