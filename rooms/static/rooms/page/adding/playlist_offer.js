import { linksIn } from "../lib/format.js";

/** Lists that YouTube makes up for each viewer, or that only their owner sees. */
const NOBODY_ELSES = /^(RD|UL|WL$|LL$|LM$)/;

/**
 * The playlist that the one link in `text` names beside its video, which is what was added; null if there is none.
 *
 * @param {string} text
 * @returns {string | null}
 */
export function playlistBeside(text) {
  const links = linksIn(text);
  if (links.length !== 1) return null;
  const address = links[0].startsWith("http") ? links[0] : `https://${links[0]}`;
  const { hostname, pathname, searchParams } = URL.canParse(address) ? new URL(address) : new URL("about:blank");
  const list = searchParams.get("list") ?? "";
  const isYouTube = /(^|\.)(youtube\.com|youtu\.be)$/.test(hostname);
  if (!isYouTube || pathname === "/playlist" || !/^[\w-]{1,64}$/.test(list) || NOBODY_ELSES.test(list)) return null;
  return `https://www.youtube.com/playlist?list=${list}`;
}
