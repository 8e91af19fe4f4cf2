// Which key of the keyboard a shortcut is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "./browser.mjs";
import { rooms } from "./static.mjs";

globalThis.Element ??= class {};
const { letterOf } = await rooms("page/lib/letter.js");
const { Keys } = await rooms("page/keys/keys.js");

for (const [key, code, letter] of [
  ["m", "KeyM", "m"],
  ["M", "KeyM", "m"],
  ["ㅡ", "KeyM", "m"],
  ["ㅜ", "KeyN", "n"],
  ["ㅖ", "KeyP", "p"],
  ["я", "KeyZ", "z"],
  ["a", "KeyQ", "a"], // where they stand otherwise, letters count and not places
  ["ö", "Semicolon", "ö"],
  ["?", "Slash", "?"],
  [" ", "Space", " "],
]) {
  test(`a letter is known in every script: ${key}`, () => assert.equal(letterOf({ key, code }), letter));
}

test("single keys act while Hangul is typed", () => {
  open();
  document.querySelector = () => null;
  let pressed = 0;
  new Keys({ m: () => (pressed += 1) });
  document.dispatchEvent(Object.assign(new Event("keydown"), { key: "ㅡ", code: "KeyM" }));
  assert.equal(pressed, 1);
});
