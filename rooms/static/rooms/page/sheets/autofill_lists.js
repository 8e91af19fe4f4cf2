import { ownLists } from "../lib/lists_api.js";
import { words } from "../lib/words.js";

/**
 * Offer what the room goes on with by itself: what played here, or a list of its owner, whose names they alone are told.
 *
 * @param {HTMLFormElement} form
 * @param {number | null} current the list that it goes on with
 */
export async function offerLists(form, current) {
  const select = form.elements.namedItem("autofill_from");
  if (!(select instanceof HTMLSelectElement)) return;
  const history = select.options[0];
  select.replaceChildren(history, ...(current === null ? [] : [new Option(words.ownersList, String(current))]));
  if (!("mine" in select.dataset)) return;
  const lists = await ownLists.all().catch(() => []);
  const chosen = select.value;
  const known = lists.some(({ id }) => id === current);
  if (known) select.replaceChildren(history);
  select.append(...lists.map(({ id, name }) => new Option(name, String(id))));
  select.value = chosen;
}
