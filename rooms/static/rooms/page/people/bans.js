import { t } from "../../i18n/translate.js";
import { sentenceOf } from "../lib/fetch_json.js";
import { element, optionalPart, part } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** @typedef {{id: number, name: string, reason: string, until_ms: number | null}} Ban */

/** The list of bans, for those who may lift them: read when it is opened, and when it changed here. */
export class Bans {
  #place;
  #list;
  #api;
  #say;
  /** The list that was asked for last: the answer to an older question may come after it. @type {object | null} */
  #asked = null;

  /**
   * @param {ParentNode} root
   * @param {import("../lib/api.js").Api} api
   * @param {(text: string) => void} say
   */
  constructor(root, api, say) {
    this.#place = optionalPart(root, "bans", HTMLDetailsElement);
    this.#list = this.#place && part(this.#place, "bans-list", HTMLElement);
    this.#api = api;
    this.#say = say;
    this.#place?.addEventListener("toggle", () => this.changed());
    this.#list?.addEventListener("click", (event) => this.#pressed(event));
  }

  /** Read the list anew, if it is to be seen. */
  changed = async () => {
    if (!this.#place?.open) return;
    const asked = (this.#asked = {});
    try {
      const { items } = await this.#api.bans();
      if (asked !== this.#asked) return;
      this.#list?.replaceChildren(...(items.length ? items.map(row) : [nobody()]));
    } catch (problem) {
      this.#say(sentenceOf(problem));
    }
  };

  /** @param {Event} event */
  async #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-ban]") : null;
    if (!(button instanceof HTMLElement)) return;
    try {
      await this.#api.liftBan(Number(button.dataset.ban));
      this.#say(t("{name} may come in again", { name: button.dataset.name ?? "" }));
    } catch (problem) {
      this.#say(sentenceOf(problem));
    }
    await this.changed();
    this.#place?.querySelector("summary")?.focus();
  }
}

/** @param {Ban} ban */
function row({ id, name, reason, until_ms }) {
  const why = [until_ms === null ? t("for good") : words.until(until_ms), reason].filter(Boolean).join(" · ");
  const [item, text] = [document.createElement("li"), element("span", "ban-text")];
  text.append(element("bdi", "clip", name), element("span", "small faint", why));
  const button = element("button", "button soft", t("Let in again"));
  button.setAttribute("type", "button");
  button.dataset.ban = String(id);
  button.dataset.name = name;
  item.append(text, button);
  return item;
}

function nobody() {
  return element("li", "faint", t("Nobody is banned."));
}
