import { closeOnBackdrop } from "../lib/dialog.js";
import { optionalPart, part } from "../lib/dom.js";
import { freshPage } from "../lib/fresh_page.js";
import { words } from "../lib/words.js";
import { Invitations } from "./invitations.js";

const SHOWN_MS = 2000;

/**
 * The sheet with the room's links, which are other ones when other people may open the room. Only the server makes links,
 * so that the sheet takes its new contents from the page as that would be delivered now: at once where it is seen, and
 * else when it is opened.
 */
export class ShareSheet {
  #root;
  #sheet;
  #links;
  #invite;
  #session;
  #visibility;
  /** @type {Promise<void> | null} */
  #refreshing = null;

  /**
   * @param {ParentNode} root
   * @param {import("../room/session.js").Session} session
   * @param {import("../lib/api.js").Api} api
   * @param {(text: string) => void} say
   */
  constructor(root, session, api, say) {
    this.#root = root;
    this.#session = session;
    this.#visibility = session.state.room.visibility;
    this.#sheet = part(root, "share", HTMLDialogElement);
    this.#links = part(this.#sheet, "share-links", HTMLElement);
    this.#invite = optionalPart(root, "invite", HTMLElement);
    part(root, "share-button", HTMLButtonElement).addEventListener("click", () => this.#open());
    closeOnBackdrop(this.#sheet);
    new Invitations(this.#sheet, api, copyWith);
    for (const place of [this.#sheet, this.#invite, optionalPart(root, "settings", HTMLElement)]) {
      place?.addEventListener("click", (event) => {
        const button = event.target instanceof Element ? event.target.closest("button") : null;
        if (button?.dataset.copy) void copyWith(button, fieldValue(button.dataset.copy));
        if (button?.dataset.part === "web-share") send(button, fieldValue("share-link"));
      });
    }
    part(root, "alone-copy", HTMLButtonElement).addEventListener("click", async () => {
      await this.#refresh();
      if (await copy(fieldValue("share-link"))) say(words.linkCopied);
      else this.#open();
    });
    this.#offerSending();
  }

  show() {
    const isSeen = this.#sheet.open || this.#invite !== null;
    if (isSeen) void this.#refresh();
  }

  #open() {
    this.#sheet.showModal();
    void this.#refresh();
  }

  /** Bring the links up to date, if others may open the room than when they were made. */
  async #refresh() {
    if (this.#session.state.room.visibility === this.#visibility) return;
    this.#refreshing ??= this.#load().finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  async #load() {
    const { visibility } = this.#session.state.room;
    const page = await freshPage();
    if (!page) return; // whoever opens the sheet next asks again
    this.#links.replaceChildren(...part(page, "share-links", HTMLElement).childNodes);
    this.#visibility = visibility;
    this.#offerSending();
    const field = this.#invite?.querySelector("input");
    if (field) field.value = fieldValue("share-link");
  }

  #offerSending() {
    const button = optionalPart(this.#root, "web-share", HTMLButtonElement);
    if (button) button.hidden = typeof navigator.share !== "function";
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} url
 */
function send(button, url) {
  // Rejected when the share sheet is cancelled, which is no error.
  navigator.share({ title: button.dataset.name, url }).catch(() => {});
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
async function copyWith(button, text) {
  if (!(await copy(text))) return;
  button.textContent = words.copied;
  setTimeout(() => (button.textContent = words.copy), SHOWN_MS);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/**
 * The old way, for pages that are served without HTTPS, where browsers hide their clipboard.
 *
 * @param {string} text
 * @returns {boolean}
 */
function copySelected(text) {
  const field = [...document.querySelectorAll("input")].find(
    (input) => input.readOnly && input.value === text && input.checkVisibility(),
  );
  field?.select();
  return Boolean(field) && document.execCommand("copy");
}

/**
 * @param {string} id
 * @returns {string}
 */
function fieldValue(id) {
  const field = document.getElementById(id);
  return field instanceof HTMLInputElement ? field.value : "";
}
