const told = document.getElementById("words")?.textContent;
/** @type {Record<string, string | string[]>} what is said in the language of the page instead of English */
const words = JSON.parse(told || "{}");
/** @type {Record<string, number>} which form of a text goes with which kind of number */
const formOf = Object(words[""]);
export const language = document.documentElement.lang || "en";
/** From this number on digits are grouped. */
const LONG = 1_000;
/**
 * Intl objects, made when first needed: they cost milliseconds, and a page that starts seldom needs them.
 * @type {{number?: Intl.NumberFormat, kinds?: Intl.PluralRules}}
 */
const known = {};

/**
 * A text in the language of the page. `{name}` in it stands for a value.
 * @param {string} text in English
 * @param {Record<string, string | number>} [values]
 */
export function t(text, values = {}) {
  const said = words[text];
  return filled(typeof said === "string" ? said : text, values);
}

/** A whole number as the language of the page writes it. @param {number} count */
export function numeral(count) {
  if (count < LONG) return String(count);
  known.number ??= new Intl.NumberFormat(language);
  return known.number.format(count);
}

/**
 * A text about a number of things. `{count}` in it stands for the number.
 * @param {string} one in English, of one thing
 * @param {string} many of any other number of them
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 */
export function tn(one, many, count, values = {}) {
  const forms = words[one];
  const form = Array.isArray(forms) ? formFor(forms, count) : count === 1 ? one : many;
  return filled(form, { count: numeral(count), ...values });
}

/**
 * @param {string[]} forms
 * @param {number} count
 */
function formFor(forms, count) {
  if (forms.length === 1) return forms[0];
  known.kinds ??= new Intl.PluralRules(language);
  return forms[formOf[known.kinds.select(count)] ?? forms.length - 1];
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
