// The order of lists, and how times and colours are written.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rooms } from "./static.mjs";

const { arranged, placeAfterMove, standing } = await rooms("page/room/order.js");
const { steadyOrder } = await rooms("page/lib/steady_order.js");
const { clockTime, hueOf, linksIn } = await rooms("page/lib/format.js");
const QUEUE = [1, 2, 3, 4].map((id) => ({ id }));
const ids = (queue) => queue.map(({ id }) => id);

for (const [change, becomes] of [
  [{ id: 1, after: 3 }, [2, 3, 1, 4]],
  [{ id: 4, after: null }, [4, 1, 2, 3]],
  [{ id: 2 }, [1, 3, 4]],
  [{ id: 2, after: 2 }, [1, 2, 3, 4]],
  [{ id: 9, after: 1 }, [1, 2, 3, 4]],
]) {
  test(`a queue is arranged, once and again: ${JSON.stringify(change)}`, () => {
    const once = arranged(QUEUE, change);
    assert.deepEqual(ids(once), becomes);
    assert.deepEqual(ids(arranged(once, change)), becomes);
  });
}

test("an entry stands where it is counted from what plays", () => {
  assert.deepEqual(standing(QUEUE, 3, 2), { place: 1, count: 2 });
  assert.deepEqual(standing(QUEUE, 1, 2), { place: 1, count: 4 });
  assert.deepEqual(standing(QUEUE, 3, null), { place: 3, count: 4 });
});

test("an entry moves up and down as far as there is room", () => {
  assert.equal(placeAfterMove(QUEUE, 3, -1), 1);
  assert.equal(placeAfterMove(QUEUE, 2, -1), null);
  assert.equal(placeAfterMove(QUEUE, 1, -1), undefined);
  assert.equal(placeAfterMove(QUEUE, 3, 1), 4);
  assert.equal(placeAfterMove(QUEUE, 4, 1), undefined);
});

for (const [shown, wanted, becomes] of [
  [["a", "b", "c"], ["c", "b", "a"], ["a", "b", "c"]],
  [["a", "b"], ["b", "new", "a"], ["a", "b", "new"]],
  [["a", "b"], ["new", "b", "a"], ["new", "a", "b"]],
  [["a", "b", "c"], ["a", "c"], ["a", "c"]],
  [[], ["b", "a"], ["b", "a"]],
]) {
  test(`what stays keeps its place: ${shown} becomes ${becomes}`, () => {
    assert.deepEqual(steadyOrder(shown, wanted), becomes);
  });
}

for (const [ms, told] of [
  [187_000, "3:07"],
  [3_723_000, "1:02:03"],
  [59_999, "0:59"],
  [-1, "0:00"],
  [null, ""],
  [Infinity, ""],
]) {
  test(`${ms} ms are written as “${told}”`, () => assert.equal(clockTime(ms), told));
}

test("links are found in a text, in their order", () => {
  const text = 'Hear <https://a.example/x> and "http://b.example/y?z=1", not ftp://c.example';
  assert.deepEqual(linksIn(text), ["https://a.example/x", "http://b.example/y?z=1"]);
  assert.deepEqual(linksIn("nothing"), []);
});

test("the same text always has the same colour and others have others", () => {
  const hues = Array.from({ length: 60 }, (_, n) => hueOf(`Room ${n}`));
  assert.deepEqual(hues, Array.from({ length: 60 }, (_, n) => hueOf(`Room ${n}`)));
  assert.ok(new Set(hues).size > 8);
});
