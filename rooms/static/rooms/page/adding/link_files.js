import { t } from "../../i18n/translate.js";
import { linksIn } from "../lib/format.js";

/** Lists of links are text, and more than this is something else, in bytes. */
const MOST_BYTES = 256 * 1024;
const MOST_KIB = MOST_BYTES / 1024;
const LISTS = [".txt", ".m3u", ".m3u8", ".pls", ".xspf"];

/** A dropped file cannot be used; the message is a sentence for the person who dropped it. */
export class Unusable extends Error {}

/**
 * The links in files that were dropped, in their order.
 *
 * @param {File[]} files
 * @returns {Promise<string[]>}
 * @throws {Unusable}
 */
export async function linksInFiles(files) {
  for (const file of files) check(file);
  const texts = await Promise.all(files.map((file) => file.text()));
  const links = texts.flatMap((text, at) => linksIn(isXml(files[at]) ? unescaped(text) : text)).filter(isPlace);
  if (!links.length) throw new Unusable(t("There is no link in “{name}”.", { name: files[0]?.name ?? "" }));
  return links;
}

/** @param {File} file */
function check({ name, size }) {
  const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
  if (!LISTS.includes(ending))
    throw new Unusable(
      t("“{name}” is not a list of links; drop one of {endings}.", { name, endings: LISTS.join(", ") }),
    );
  if (size > MOST_BYTES)
    throw new Unusable(
      t("“{name}” has {kib} KiB; a list of links may have {most}.", {
        name,
        kib: Math.ceil(size / 1024),
        most: MOST_KIB,
      }),
    );
}

/** @param {File} file */
function isXml({ name }) {
  return name.toLowerCase().endsWith(".xspf");
}

/**
 * The name of a format is no track, though it looks like a link.
 *
 * @param {string} link
 */
function isPlace(link) {
  return !/^https?:\/\/(xspf\.org\/ns|www\.w3\.org)\b/i.test(link);
}

/**
 * @param {string} text of an XML document
 * @returns {string}
 */
function unescaped(text) {
  return text.replace(/&(?:amp|#38);/g, "&");
}
