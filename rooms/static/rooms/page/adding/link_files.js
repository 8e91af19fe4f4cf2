import { t } from "../../i18n/translate.js";

/** As much as the server takes in one import, in bytes. */
const MOST_BYTES = 1024 * 1024;
const LISTS = [".txt", ".m3u", ".m3u8", ".pls", ".xspf", ".json"];

/** A file cannot be used; the message is a sentence for the person who brought it. */
export class Unusable extends Error {}

/**
 * Raise Unusable unless all of these may be files of links: what is in them, the server says.
 *
 * @param {{name: string, size: number}[]} files
 */
export function checkFiles(files) {
  for (const { name, size } of files) {
    checkEnding(name);
    checkSize(name, size);
  }
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
        most: MOST_BYTES / 1024,
      }),
    );
}
