import { t } from "../../i18n/translate.js";
import { linksIn } from "../lib/format.js";

/**
 * @typedef {object} Taker
 * @property {boolean} mayAdd
 * @property {(text: string) => void} add
 * @property {(files: File[]) => void} bring
 * @property {(text: string) => void} say
 */

/**
 * Take links that are pasted or dropped anywhere on the page, and files of links, not only into its field.
 *
 * @param {Taker} taker
 */
export function takePastesAndDrops(taker) {
  document.addEventListener("paste", (event) => {
    if (isBusy(event.target)) return;
    const text = textOf(event.clipboardData);
    const files = [...(event.clipboardData?.files ?? [])];
    if (!linksIn(text).length && !files.length) return;
    event.preventDefault();
    take(taker, files, text);
  });
  new DropTarget(taker);
}

/** The whole page, while something is dragged over it that came from elsewhere. */
class DropTarget {
  #taker;
  #sheet = document.createElement("div");
  #isOwn = false;

  /** @param {Taker} taker */
  constructor(taker) {
    this.#taker = taker;
    this.#sheet.className = "drop-here";
    this.#sheet.hidden = true;
    const text = document.createElement("p");
    text.textContent = taker.mayAdd
      ? t("Drop links here, or a file of links")
      : t("You cannot add music in this room.");
    this.#sheet.append(text);
    document.body.append(this.#sheet);
    this.#listen();
  }

  #listen() {
    // One that is prevented, as that of a row by a word that is selected, is none, and has no end either.
    document.addEventListener("dragstart", (event) => (this.#isOwn = !event.defaultPrevented));
    document.addEventListener("dragend", () => (this.#isOwn = false));
    document.addEventListener("dragover", (event) => this.#over(event));
    document.addEventListener("dragleave", (event) => {
      // Only the edge of the page leads nowhere.
      if (!event.relatedTarget) this.#sheet.hidden = true;
    });
    document.addEventListener("drop", (event) => this.#drop(event));
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!this.#isWanted(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = this.#taker.mayAdd ? "copy" : "none";
    this.#sheet.hidden = false;
  }

  /** @param {DragEvent} event */
  #drop(event) {
    this.#sheet.hidden = true;
    if (!this.#isWanted(event)) return;
    // Else the browser would leave the room for what was dropped.
    event.preventDefault();
    take(this.#taker, [...(event.dataTransfer?.files ?? [])], textOf(event.dataTransfer));
  }

  /** @param {DragEvent} event */
  #isWanted(event) {
    const kinds = ["Files", "text/uri-list", "text/plain"];
    const isHeld = event.dataTransfer?.types.some((type) => kinds.includes(type)) ?? false;
    // A field takes text itself, but no files.
    const isTaken = !event.dataTransfer?.types.includes("Files") && isBusy(event.target);
    return isHeld && !this.#isOwn && !isTaken;
  }
}

/**
 * @param {Taker} taker
 * @param {File[]} files
 * @param {string} text
 */
function take({ add, bring, say }, files, text) {
  if (files.length) bring(files);
  else if (text.trim()) add(text);
  else say(t("There is no link in what you dropped."));
}

/**
 * @param {DataTransfer | null} data
 * @returns {string}
 */
function textOf(data) {
  return data?.getData("text/uri-list") || data?.getData("text/plain") || "";
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} whether it takes text itself, or stands in a sheet over the page
 */
function isBusy(target) {
  const isField = target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
  return isField || document.querySelector("dialog[open]") !== null;
}
