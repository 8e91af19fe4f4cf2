import { part } from "../lib/dom.js";
import { words } from "../lib/words.js";

/** @typedef {import("../room/types.js").State} State */

/**
 * What the settings say of those inside whom a room for members alone would shut out, and what becomes of them.
 *
 * @param {HTMLElement} sheet
 * @param {HTMLFormElement} form
 * @param {() => State} state
 */
export function guestsInside(sheet, form, state) {
  const visibility = /** @type {HTMLSelectElement} */ (form.elements.namedItem("visibility"));
  const choice = part(sheet, "guests-choice", HTMLFieldSetElement);
  const show = () => {
    const { people, room } = state();
    const isShutting = visibility.value === "private" && room.visibility !== "private";
    // Of a crowd only the number is known, and it is too large to be let in as a whole.
    const guests = people.items?.filter(({ role, is_you }) => role === "guest" && !is_you).length;
    const isAsked = isShutting && Boolean(guests);
    part(sheet, "private-warning", HTMLElement).hidden = !isShutting;
    part(sheet, "crowd-warning", HTMLElement).hidden = !isShutting || guests !== undefined;
    choice.hidden = choice.disabled = !isAsked;
    part(sheet, "guests-count", HTMLElement).textContent = isAsked ? words.guestsInside(guests ?? 0) : "";
  };
  visibility.addEventListener("change", show);
  return {
    show,
    /** Ask anew. */
    reset() {
      for (const input of choice.querySelectorAll("input")) input.checked = false;
      show();
    },
  };
}
