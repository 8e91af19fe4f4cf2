const told = document.getElementById("words")?.textContent;
/** @type {Record<string, string | string[]>} what is said in the language of the page instead of English */
const words = JSON.parse(told || "{}");

/**
 * A text in the language of the page. `{name}` in it stands for a value.
 * @param {string} text in English
 * @param {Record<string, string | number>} [values]
 */
export function t(text, values = {}) {
  const known = words[text];
  return filled(typeof known === "string" ? known : text, values);
}

/**
 * A text about a number of things. `{count}` in it stands for the number.
 * @param {string} one in English, of one thing
 * @param {string} many of any other number of them
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 */
export function tn(one, many, count, values = {}) {
  const known = words[one];
  const forms = Array.isArray(known) ? known : [one, many];
  return filled(count === 1 ? forms[0] : forms[forms.length - 1], { count, ...values });
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
