/** @typedef {Record<string, string | number | null>} Rules */

/**
 * The fields of a room's rules: a preset sets them all, and who changes one by itself has a way of their own.
 *
 * @param {HTMLFormElement} form
 * @param {Record<string, Rules>} presets
 */
export function connectPresets(form, presets) {
  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
    if (target.name === "preset") fillRules(form, presets[target.value] ?? {});
    else if (target.closest("[data-part=rules]")) choosePreset(form, "");
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {Rules} rules
 */
export function fillRules(form, rules) {
  for (const [name, value] of Object.entries(rules)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLSelectElement) field.value = value === null ? "" : String(value);
    if (field instanceof HTMLInputElement)
      field.value = value === null ? "" : String(Math.round(Number(value) / factorOf(field)));
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} preset empty for none
 */
export function choosePreset(form, preset) {
  const choice = form.elements.namedItem("preset");
  if (choice instanceof RadioNodeList) choice.value = preset;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Rules} a number that is left empty is null, which is no limit
 */
export function rulesOf(form) {
  /** @type {Rules} */
  const rules = {};
  for (const field of form.querySelectorAll("[data-part=rules] :is(select, input)")) {
    if (field instanceof HTMLSelectElement)
      rules[field.name] = !("number" in field.dataset) ? field.value : field.value ? Number(field.value) : null;
    if (field instanceof HTMLInputElement) rules[field.name] = field.value ? numberIn(field) : null;
  }
  return rules;
}

/** @param {HTMLInputElement} field */
function numberIn(field) {
  const number = Number(field.value) * factorOf(field);
  return factorOf(field) < 1 ? Math.round(number * 100) / 100 : Math.round(number);
}

/** @param {HTMLInputElement} field what its number is multiplied by to be the rule */
function factorOf(field) {
  return Number(field.dataset.factor ?? 1);
}
