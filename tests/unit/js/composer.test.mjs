// The field in which people write.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";
import { FakeElement } from "./fake_element.mjs";
import { rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

const { Composer } = await rooms("page/chat/composer.js");
const { Refusal } = await rooms("page/lib/fetch_json.js");

/** Alice's field; each call waits for its answer. */
function alice() {
  const form = new FakeElement();
  const calls = [];
  const call = (...said) => new Promise((answer, refuse) => calls.push({ said, answer, refuse }));
  const composer = new Composer(form, { say: (text) => call(text), edit: (id, text) => call(id, text) });
  const field = form.querySelector('[data-part="chat-text"]');
  const send = () => form.dispatchEvent(new Event("submit"));
  return { composer, form, field, calls, send, said: () => calls.map((one) => one.said) };
}

test("what is typed on while a message is on its way is a message of its own", async () => {
  const { field, calls, send, said } = alice();
  field.value = "Hello";
  send();
  field.value += "how are you";
  calls[0].answer();
  await time.settle();
  send();
  assert.deepEqual(said(), [["Hello"], ["how are you"]]);
});

test("what is sent while a message is on its way follows it", async () => {
  const { field, calls, send, said } = alice();
  for (field.value of ["one", "two", "three"]) send();
  assert.equal(field.value, "");
  assert.deepEqual(said(), [["one"]]);
  calls[0].answer();
  await time.settle();
  assert.deepEqual(said(), [["one"], ["two"]]);
  field.value = "four";
  calls[1].refuse(new Refusal("too-many", "Not so fast."));
  await time.settle();
  assert.equal(field.value, "two\nthree\nfour");
  send();
  assert.deepEqual(said().at(-1), ["two\nthree\nfour"]);
});

test("what was refused stands in the field again, before what was typed on", async () => {
  const { field, calls, send } = alice();
  field.value = "Hello";
  send();
  field.value = "how are you";
  calls[0].refuse(new Refusal("too-many", "Not so fast."));
  await time.settle();
  assert.equal(field.value, "Hello\nhow are you");
});

test("a correction that was refused is one still", async () => {
  const { composer, form, field, calls, send, said } = alice();
  composer.edit({ id: 4, text: "Helo" });
  field.value = "Hello";
  send();
  calls[0].refuse(new Refusal("offline", "Try again."));
  await time.settle();
  assert.deepEqual([field.value, form.dataset["is-editing"]], ["Hello", true]);
  send();
  assert.deepEqual(said(), [[4, "Hello"], [4, "Hello"]]);
});

test("a correction is given up by an empty field, and where its message is gone", async () => {
  const { composer, field, send, said } = alice();
  composer.edit({ id: 4, text: "Helo" });
  field.value = "";
  send();
  composer.edit({ id: 5, text: "Helo" });
  composer.forget(5);
  send();
  assert.deepEqual(said(), [["Helo"]]);
});

for (const [key, about] of [
  ["Enter", { isComposing: true }],
  ["Enter", { isComposing: false, keyCode: 229 }], // Safari, where the composition has ended by then
  ["Escape", { isComposing: true }],
]) {
  test(`a key that ends a composition does nothing else: ${key} ${JSON.stringify(about)}`, () => {
    const { composer, field, said } = alice();
    composer.edit({ id: 4, text: "안녕" });
    field.dispatchEvent(Object.assign(new Event("keydown"), { key, shiftKey: false, ...about }));
    assert.deepEqual([said(), field.value], [[], "안녕"]);
  });
}
