import { t } from "../../i18n/translate.js";
import { sentenceOf } from "../lib/fetch_json.js";
import { optionalPart, part } from "../lib/dom.js";

/**
 * The recovery link of an owner whom only a cookie knows: made and shown once, and withdrawn.
 *
 * @param {ParentNode} sheet
 * @param {import("../lib/api.js").Api} api
 */
export function connectRecovery(sheet, api) {
  const make = optionalPart(sheet, "make-recovery", HTMLButtonElement);
  if (!make) return;
  const withdraw = part(sheet, "withdraw-recovery", HTMLButtonElement);
  const field = part(sheet, "recovery-field", HTMLElement);
  const told = part(sheet, "recovery-told", HTMLElement);
  const attempt = async (/** @type {() => Promise<unknown>} */ call) => {
    told.textContent = "";
    try {
      await call();
    } catch (refusal) {
      told.textContent = sentenceOf(refusal);
    }
  };
  make.addEventListener("click", () =>
    attempt(async () => {
      const { url } = await api.makeRecovery();
      const link = field.querySelector("input");
      if (link) link.value = url;
      field.hidden = withdraw.hidden = false;
      told.textContent = t("It is shown only now. A link that was made before is worth nothing any more.");
      link?.select();
    }),
  );
  withdraw.addEventListener("click", () =>
    attempt(async () => {
      await api.withdrawRecovery();
      field.hidden = withdraw.hidden = true;
      told.textContent = t("The recovery link was withdrawn.");
      make.focus();
    }),
  );
}
