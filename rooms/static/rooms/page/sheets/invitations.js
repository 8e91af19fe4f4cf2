import { t, tn } from "../../i18n/translate.js";
import { sentenceOf } from "../lib/fetch_json.js";
import { child, optionalPart, part, write } from "../lib/dom.js";
import { oneAtATime } from "../lib/one_at_a_time.js";

const DAY_MS = 24 * 3_600_000;

/** @typedef {{id: number, role: string, url: string, uses: number, max_uses: number | null, expires_at_ms: number | null,
 *   made_by: {name: string} | null}} Invitation */

/** The invitations of a room: links that give a role, made, listed and withdrawn. Asked for when they are looked at. */
export class Invitations {
  #place;
  #list;
  #problem;
  #api;
  #copy;
  /** The list that was asked for last: the answer to an older question may come after it. @type {object | null} */
  #asked = null;

  /**
   * @param {ParentNode} sheet
   * @param {import("../lib/api.js").Api} api
   * @param {(button: HTMLButtonElement, text: string) => unknown} copy
   */
  constructor(sheet, api, copy) {
    this.#api = api;
    this.#copy = copy;
    this.#place = optionalPart(sheet, "invitations", HTMLDetailsElement);
    if (!this.#place) return;
    this.#list = part(this.#place, "invitation-list", HTMLElement);
    this.#problem = part(this.#place, "invite-problem", HTMLElement);
    const form = part(this.#place, "invite-form", HTMLFormElement);
    this.#place.addEventListener("toggle", () => this.#place?.open && this.#attempt(async () => {}));
    const invite = oneAtATime(() =>
      this.#attempt(async () => {
        await this.#api.invite(wanted(new FormData(form)));
        form.reset();
      }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void invite();
    });
  }

  /** @param {() => Promise<unknown>} call after which the list is shown as it is then */
  async #attempt(call) {
    try {
      await call();
      const asked = (this.#asked = {});
      const { items } = await this.#api.invitations();
      if (asked !== this.#asked) return;
      this.#list?.replaceChildren(...items.map((/** @type {Invitation} */ one) => this.#row(one)));
      this.#complain("");
    } catch (refusal) {
      this.#complain(sentenceOf(refusal));
    }
  }

  /** @param {string} text */
  #complain(text) {
    if (!this.#problem) return;
    write(this.#problem, text);
    this.#problem.hidden = !text;
  }

  /** @param {Invitation} invitation */
  #row(invitation) {
    const template = part(document, "invitation-template", HTMLTemplateElement);
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (copy.firstElementChild);
    const label = invitation.role === "host" ? t("Host") : t("Member");
    const link = part(row, "invitation-link", HTMLInputElement);
    write(part(row, "invitation-role", HTMLElement), label);
    write(part(row, "invitation-facts", HTMLElement), factsOf(invitation));
    link.value = invitation.url;
    link.setAttribute("aria-label", label);
    child(row, "img", HTMLImageElement).src = `${new URL(invitation.url).pathname}/qr`;
    const copyButton = part(row, "invitation-copy", HTMLButtonElement);
    copyButton.addEventListener("click", () => this.#copy(copyButton, invitation.url));
    part(row, "invitation-withdraw", HTMLButtonElement).addEventListener("click", async () => {
      await this.#attempt(() => this.#api.withdrawInvitation(invitation.id));
      // The row goes, and its focus with it.
      if (!row.isConnected) this.#place?.querySelector("summary")?.focus();
    });
    return row;
  }
}

/**
 * @param {FormData} form
 * @returns {object}
 */
function wanted(form) {
  const [uses, days] = [form.get("max_uses"), form.get("days")].map((text) => Number(text) || null);
  return {
    role: form.get("role"),
    max_uses: uses,
    expires_at_ms: days ? Date.now() + days * DAY_MS : null,
  };
}

/**
 * Who made it, how many joined by it, and when it ends.
 *
 * @param {Invitation} invitation
 * @returns {string}
 */
function factsOf({ made_by, uses, max_uses, expires_at_ms }) {
  const used =
    max_uses === null
      ? tn("{count} joined", "{count} joined", uses)
      : t("{uses} of {most} joined", { uses, most: max_uses });
  const ends =
    expires_at_ms === null
      ? ""
      : t("ends {date}", { date: new Date(expires_at_ms).toLocaleDateString(document.documentElement.lang) });
  return [made_by ? t("by {name}", { name: made_by.name }) : "", used, ends].filter(Boolean).join(" · ");
}
