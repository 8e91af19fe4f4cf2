// What is pressed twice, and what another device did meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeElement } from "./fake_element.mjs";
import { rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

await import("./browser.mjs");
const { oneAtATime } = await rooms("page/lib/one_at_a_time.js");
const { Favourite } = await rooms("page/player/favourite.js");

test("what is asked for while it is under way is let go, and asked for afterwards it is done", async () => {
  const done = [];
  const act = oneAtATime(async (what) => {
    done.push(what);
    if (what === "refused") throw new Error(what);
  });
  await Promise.all([act("first"), act("second")]);
  await assert.rejects(act("refused"));
  await act("third");
  assert.deepEqual(done, ["first", "refused", "third"]);
});

test("a heart whose track another device took out is hollow after one press", async () => {
  const url = "https://media.example.org/One.mp3";
  let kept = [{ id: 3, url }];
  document.cookie = "csrftoken=x";
  globalThis.fetch = async (path, { method }) => {
    const isGone = method === "DELETE" && !kept.length;
    const told = isGone ? { error: { code: "not_found", message: "There is no such entry." } } : { items: [{ id: 1, is_favourites: true }], entries: kept };
    return { ok: !isGone, status: isGone ? 404 : 200, json: async () => told };
  };
  const [root, said] = [new FakeElement(), []];
  new Favourite(root, { state: { player: { entry: { url } } } }, (text) => said.push(text));
  const heart = root.querySelector('[data-part="favourite"]');
  await time.settle();
  assert.equal(heart.getAttribute("aria-pressed"), "true");
  kept = [];
  heart.dispatchEvent(new Event("click"));
  await time.settle();
  assert.deepEqual([heart.getAttribute("aria-pressed"), said], ["false", ["There is no such entry."]]);
});
