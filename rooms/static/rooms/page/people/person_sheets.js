import { sentenceOf } from "../lib/fetch_json.js";
import { optionalPart, part } from "../lib/dom.js";
import { closeOnBackdrop } from "../lib/dialog.js";
import { oneAtATime } from "../lib/one_at_a_time.js";

/**
 * A sheet that asks for more about one person before something is done.
 *
 * @template {{name: string}} T
 * @param {ParentNode} root
 * @param {string} name the sheet's part; its form, title and problem are named after it
 * @param {(person: T, fields: Record<string, string>) => Promise<unknown>} act
 * @returns {(person: T) => void} opens it; does nothing on a page without it
 */
export function personSheet(root, name, act) {
  const sheet = optionalPart(root, name, HTMLDialogElement);
  if (!sheet) return () => {};
  const form = part(sheet, `${name}-form`, HTMLFormElement);
  const problem = part(sheet, `${name}-problem`, HTMLElement);
  /** @type {T | null} */
  let about = null;
  closeOnBackdrop(sheet);
  const submit = oneAtATime(async () => {
    if (!about) return;
    problem.hidden = true;
    try {
      const fields = [...new FormData(form)].map(([field, value]) => [field, String(value)]);
      await act(about, Object.fromEntries(fields));
      sheet.close();
    } catch (refusal) {
      problem.textContent = sentenceOf(refusal);
      problem.hidden = false;
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  return (person) => {
    about = person;
    form.reset();
    problem.hidden = true;
    part(sheet, `${name}-name`, HTMLElement).textContent = person.name;
    sheet.showModal();
  };
}
