import { sentenceOf } from "../lib/fetch_json.js";
import { part } from "../lib/dom.js";

/**
 * Let people change their name without leaving the page.
 *
 * @param {ParentNode} root
 * @param {import("../lib/api.js").Api} api
 * @param {(name: string) => void} renamed
 * @returns {(name: string) => void} shows a name that was given elsewhere on the page
 */
export function nameForm(root, api, renamed) {
  const form = part(root, "name-form", HTMLFormElement);
  const input = part(form, "my-name", HTMLInputElement);
  const save = part(form, "save-name", HTMLButtonElement);
  const problem = part(form, "name-problem", HTMLElement);
  const show = (/** @type {string} */ name) => {
    input.value = input.defaultValue = name;
    showSave();
  };
  const showSave = () => (save.hidden = input.value.trim() === input.defaultValue);
  showSave();
  input.addEventListener("input", showSave);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    input.removeAttribute("aria-invalid");
    try {
      const { name } = await api.rename(input.value);
      // The button goes, and its focus with it.
      if (document.activeElement === save) input.focus();
      show(name);
      renamed(name);
    } catch (refusal) {
      problem.textContent = sentenceOf(refusal);
      problem.hidden = false;
      input.setAttribute("aria-invalid", "true");
    }
  });
  return show;
}
