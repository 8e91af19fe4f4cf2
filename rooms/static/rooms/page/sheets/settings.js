import { sentenceOf } from "../lib/fetch_json.js";
import { optionalPart, part } from "../lib/dom.js";
import { closeOnBackdrop } from "../lib/dialog.js";
import { words } from "../lib/words.js";
import { guestsInside } from "./guests_inside.js";
import { connectRecovery } from "./recovery.js";
import { offerLists } from "./autofill_lists.js";
import { choosePreset, connectPresets, fillRules, rulesOf } from "./rules_fields.js";

/**
 * The sheet with the room's name and rules, for those who may set them.
 *
 * @param {ParentNode} root
 * @param {import("../lib/api.js").Api} api
 * @param {() => import("../room/types.js").State} state
 * @param {(text: string) => void} say
 * @returns {{show(): void}}
 */
export function settingsSheet(root, api, state, say) {
  const sheet = optionalPart(root, "settings", HTMLDialogElement);
  if (!sheet) return { show: () => {} };
  const form = part(sheet, "settings-form", HTMLFormElement);
  const problem = part(sheet, "settings-problem", HTMLElement);
  const name = /** @type {HTMLInputElement} */ (form.elements.namedItem("name"));
  const reactions = /** @type {HTMLInputElement} */ (form.elements.namedItem("reactions"));
  const complain = (/** @type {string} */ text) => {
    problem.textContent = text;
    problem.hidden = !text;
    mark(name, text !== "" && !name.value.trim());
    mark(reactions, text !== "" && reactions.value.trim().split(/\s+/).length !== 6);
  };
  const attempt = async (/** @type {() => Promise<unknown>} */ call) => {
    complain("");
    try {
      await call();
      sheet.close();
      say(words.saved);
    } catch (refusal) {
      complain(sentenceOf(refusal));
    }
  };
  /** What the form said as it was opened. @type {ReturnType<typeof valuesOf>} */
  let before = valuesOf(form);
  const inside = guestsInside(sheet, form, state);
  closeOnBackdrop(sheet);
  connectPresets(form, JSON.parse(document.getElementById("presets")?.textContent ?? "{}"));
  connectRecovery(sheet, api);
  part(root, "settings-button", HTMLButtonElement).addEventListener("click", () => {
    fill(sheet, form, state().room);
    before = valuesOf(form);
    complain("");
    inside.reset();
    sheet.showModal();
  });
  // In a part that is folded away nobody would see what is wrong, and the button would do nothing.
  form.addEventListener("invalid", ({ target }) => open(/** @type {Element} */ (target)), true);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(() => api.setRoom(changeOf(form, before)));
  });
  part(sheet, "close-room", HTMLButtonElement).addEventListener("click", () => attempt(() => api.close()));
  return {
    show() {
      if (sheet.open) inside.show();
    },
  };
}

/**
 * @param {HTMLInputElement} input
 * @param {boolean} isWrong
 */
function mark(input, isWrong) {
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/**
 * @param {HTMLElement} sheet
 * @param {HTMLFormElement} form
 * @param {Record<string, any>} room
 */
function fill(sheet, form, room) {
  field(form, "name").value = room.name;
  /** @type {HTMLSelectElement} */ (form.elements.namedItem("visibility")).value = room.visibility;
  /** @type {HTMLSelectElement} */ (form.elements.namedItem("chat_kept")).value = room.chat_kept;
  field(form, "reactions").value = room.reactions.join(" ");
  field(form, "password").value = "";
  field(form, "no_password").checked = false;
  field(form, "permanent").checked = room.permanent;
  for (const name of ["has-password", "drop-password"]) part(sheet, name, HTMLElement).hidden = !room.has_password;
  part(sheet, "has-no-password", HTMLElement).hidden = room.has_password;
  choosePreset(form, room.preset ?? "");
  void offerLists(form, room.rules.autofill_from);
  fillRules(form, room.rules);
}

/** @param {HTMLFormElement} form */
function valuesOf(form) {
  const { name, visibility, chat_kept, reactions, preset } = Object.fromEntries(new FormData(form));
  return {
    facts: {
      name,
      visibility,
      chat_kept,
      reactions: String(reactions).split(/\s+/).filter(Boolean),
      permanent: field(form, "permanent").checked,
    },
    preset,
    rules: rulesOf(form),
  };
}

/**
 * What was changed in the form, and no more: the rest may have been changed on another device since it was opened, or be
 * a number that the form shows rounded.
 *
 * @param {HTMLFormElement} form
 * @param {ReturnType<typeof valuesOf>} before
 * @returns {object}
 */
function changeOf(form, before) {
  const { facts, preset, rules } = valuesOf(form);
  const { guests, password } = Object.fromEntries(new FormData(form));
  const isDropped = field(form, "no_password").checked;
  const changed = differing(before.facts, facts);
  // A preset that is chosen sets them all.
  const set = preset && preset !== before.preset ? rules : differing(before.rules, rules);
  return {
    ...changed,
    ...(guests && "visibility" in changed ? { guests } : {}),
    ...(Object.keys(set).length ? { rules: set } : {}),
    ...(password ? { password } : isDropped ? { password: null } : {}),
  };
}

/**
 * @param {Record<string, unknown>} before
 * @param {Record<string, unknown>} now
 * @returns {Record<string, unknown>}
 */
function differing(before, now) {
  const isOther = (/** @type {string} */ name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]);
  return Object.fromEntries(Object.entries(now).filter(([name]) => isOther(name)));
}

/** @param {Element} field all that it is folded away in */
function open(field) {
  for (let around = field.closest("details"); around; around = around.parentElement?.closest("details") ?? null)
    around.open = true;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}
