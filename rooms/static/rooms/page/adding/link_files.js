import { t } from "../../i18n/translate.js";
import { linksIn } from "../lib/format.js";

/** As much text as the server reads at once, in bytes: more than 200 links need. */
const MOST_BYTES = 96 * 1024;
const MOST_KIB = MOST_BYTES / 1024;
const LISTS = [".txt", ".m3u", ".m3u8", ".pls", ".xspf"];

/** A dropped file cannot be used; the message is a sentence for the person who dropped it. */
export class Unusable extends Error {}

/**
 * The text of files that were dropped, in their order; the server takes the links out of it.
 *
 * @param {File[]} files
 * @returns {Promise<string>}
 * @throws {Unusable}
 */
export async function textOfFiles(files) {
  for (const { name } of files) checkEnding(name);
  const names = files.map(({ name }) => name).join(", ");
  checkSize(names, files.reduce((sum, { size }) => sum + size, 0));
  const text = (await Promise.all(files.map((file) => file.text()))).join("\n");
  if (!linksIn(text).length) throw new Unusable(t("There is no link in “{name}”.", { name: names }));
  return text;
}

/** @param {string} name */
function checkEnding(name) {
  const ending = name.slice(name.lastIndexOf(".")).toLowerCase();
  if (!LISTS.includes(ending))
    throw new Unusable(
      t("“{name}” is not a list of links; drop one of {endings}.", { name, endings: LISTS.join(", ") }),
    );
}

/**
 * @param {string} name
 * @param {number} size
 */
function checkSize(name, size) {
  if (size > MOST_BYTES)
    throw new Unusable(
      t("“{name}” has {kib} KiB; a list of links may have {most}.", {
        name,
        kib: Math.ceil(size / 1024),
        most: MOST_KIB,
      }),
    );
}
