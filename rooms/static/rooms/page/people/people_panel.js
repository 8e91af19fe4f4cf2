import { t } from "../../i18n/translate.js";
import { ContextMenu } from "../lib/context_menu.js";
import { memory } from "../lib/dom.js";
import { words } from "../lib/words.js";
import { Bans } from "./bans.js";
import { Moderation } from "./moderation.js";
import { MyState } from "./my_state.js";
import { NameCard } from "./name_card.js";
import { nameForm } from "./name_form.js";
import { People } from "./people.js";
import { personSheet } from "./person_sheets.js";

/** @typedef {import("../lib/shapes.js").Person} Person */

/**
 * Who is reported, and for which message, if it is one.
 *
 * @typedef {{name: string, id?: string, message?: number}} Reported
 */

/** All that a page shows of its people: the list with a menu for each, bans, one's own name and state. */
export class PeoplePanel {
  #people;
  #myState;
  #nameCard;

  /**
   * @param {Document} root
   * @param {HTMLElement} main whose data attributes name the reader
   * @param {import("../room/room_connection.js").RoomConnection} connection
   * @param {import("../room/rights.js").Rights} can
   * @param {{muted: boolean, volume: number}} player this browser's own
   * @param {import("../room/host.js").Sayer} toasts
   */
  constructor(root, main, connection, can, player, toasts) {
    const { api, session } = connection;
    const { me = "", myId = "", role = "guest" } = main.dataset;
    const own = /** @type {import("../room/types.js").Role} */ (role);
    const bans = new Bans(root, api, toasts.say);
    const moderation = new Moderation(api, can, own, toasts, {
      ban: (person) => askBan(person),
      report: ({ id, name }) => askReport({ id, name }),
      banned: bans.changed,
    });
    const askBan = personSheet(root, "ban-sheet", (/** @type {Person} */ person, { lasts, reason }) =>
      moderation.ban(person, { until_ms: lasts ? Math.round(session.clock.now()) + Number(lasts) : null, reason }),
    );
    const askReport = personSheet(root, "report-sheet", async (/** @type {Reported} */ { id, message }, { reason }) => {
      await api.report(message ? { message } : { id }, reason);
      toasts.say(t("Thank you. The operator of this site will read it."));
    });
    this.moderation = moderation;
    /** One's own id in this room. */
    this.id = myId;
    this.report = askReport;
    /** @type {ContextMenu<Person>} */
    const menu = new ContextMenu(root, "person-menu", moderation);
    this.#people = new People(root, session, { id: myId, name: me, role: own }, menu);
    this.#myState = new MyState(session, player, (state) => api.tellState(state));
    connection.addEventListener("end", () => this.#myState.stop());
    const renamed = (/** @type {string} */ name) => {
      this.#people.me = name;
      this.#people.show();
      toasts.say(words.saved);
    };
    const form = nameForm(root, api, renamed);
    this.#nameCard = new NameCard(root, session, memory(), (name) => api.rename(name), (name) => {
      form(name);
      renamed(name);
    });
  }

  /** One's own name. */
  get me() {
    return this.#people.me;
  }

  show() {
    this.#people.show();
  }

  /** What depends on this browser's own player. */
  showPlayback() {
    this.#myState.show();
    this.#nameCard.show();
  }
}
