// A browser that keeps nothing any more, since its storage is full.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeElement } from "./fake_element.mjs";
import { rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

await import("./browser.mjs");
const { NameCard } = await rooms("page/people/name_card.js");
const { Votes } = await rooms("page/queue/votes.js");

const full = {
  getItem: () => null,
  setItem() {
    throw new DOMException("", "QuotaExceededError");
  },
};

test("a vote is given all the same", async () => {
  const given = [];
  const entry = { id: 7 };
  const list = new FakeElement();
  new Votes({ list, entryAt: () => entry }, "lounge", full, async (...vote) => given.push(vote) > 0);
  const click = Object.defineProperty(new Event("click"), "target", { value: new FakeElement() });
  list.dispatchEvent(click);
  await time.settle();
  assert.deepEqual(given, [[entry, true]]);
});

test("the card that asks for a name goes all the same", async () => {
  const names = [];
  const root = new FakeElement();
  const session = { status: { phase: "playing" } };
  new NameCard(root, session, full, async () => ({ name: "Bob" }), (name) => void names.push(name));
  const card = root.querySelector('[data-part="name-card"]');
  card.dispatchEvent(new Event("submit"));
  await time.settle();
  assert.deepEqual([names, card.isRemoved], [["Bob"], true]);
});
