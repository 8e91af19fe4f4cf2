// The chat: what a message is made of, which lines are shown, and what its events change.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rooms } from "./static.mjs";

const { mentions, piecesOf } = await rooms("page/chat/message_text.js");
const { ChatWindow, MOST_LINES } = await rooms("page/chat/chat_window.js");
const { apply, withMessage } = await rooms("stream/state.js");

const message = (id, text = `${id}`) => ({ id, person: "b", name: "Bob", text, sent_at_ms: id, edited_at_ms: null });
const chat = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at));
const ids = (lines) => lines.map(({ id }) => id);

for (const [text, links] of [
  ["see https://example.org/a?b=c#d, or not", ["https://example.org/a?b=c#d"]],
  ["(http://example.org)", ["http://example.org"]],
  ["javascript:alert(1) data:text/html,x ftp://example.org", []],
  ['https://example.org/"><img src=x onerror=alert(1)>', ["https://example.org/"]],
  ["https:// http://", []],
  ["HTTPS://EXAMPLE.ORG/가사", ["HTTPS://EXAMPLE.ORG/가사"]],
]) {
  test(`only web addresses are links: ${text}`, () => {
    const pieces = piecesOf(text, []);
    assert.equal(pieces.map((piece) => piece.text).join(""), text);
    const found = pieces.filter((piece) => piece.href);
    assert.deepEqual(found.map((piece) => piece.text), links);
    for (const { href } of found) assert.match(href, /^https?:/);
  });
}

for (const [text, name, isMeant] of [
  ["hi @Alice!", "Alice", true],
  ["@alice", "Alice", true],
  ["@Alicia", "Alice", false],
  ["mail alice@Alice.example", "Alice", false],
  ["@Guest 3550 and on", "Guest 3550", true],
  ["@앨리스 안녕", "앨리스", true],
  ["Alice", "Alice", false],
]) {
  test(`a name behind an @ is meant, as a word of its own: ${text}`, () => assert.equal(mentions(text, name), isMeant));
}

test("the longest name is meant", () => {
  const pieces = piecesOf("@Bob Dylan", ["Bob", "Bob Dylan"]);
  assert.deepEqual(pieces, [{ text: "@Bob Dylan", mention: true }]);
});

test("a thousand messages leave two hundred lines, the newest", () => {
  let state = { version: 1, chat: [], room: {}, player: {}, queue: [] };
  const window = new ChatWindow([]);
  for (const one of chat(1, 1000)) {
    const data = { op: "add", message: one, prev: one.id, version: one.id + 1 };
    state = apply(state, "chat", data).state;
    window.take(state.chat, true);
  }
  assert.deepEqual(ids(window.lines), ids(chat(801, 1000)));
  assert.equal(state.chat.length, MOST_LINES);
});

test("what is read above stays, however much comes", () => {
  const window = new ChatWindow(chat(101, 150));
  window.prepend(chat(51, 100));
  for (let last = 151; last <= 400; last += 1) window.take(chat(Math.max(101, last - 199), last), false);
  assert.equal(window.lines[0].id, 51);
  assert.equal(window.lines.length, MOST_LINES);
  assert.equal(window.isAtEnd, false);
  window.toEnd(chat(201, 400));
  assert.equal(window.lines.at(-1).id, 400);
});

test("older messages push the newest out, not themselves", () => {
  const window = new ChatWindow(chat(301, 500));
  window.prepend(chat(251, 300));
  assert.deepEqual(ids(window.lines), ids(chat(251, 450)));
  assert.equal(window.isAtEnd, false);
});

test("edits and removals reach every line that is shown", () => {
  const window = new ChatWindow(chat(51, 100));
  window.prepend(chat(1, 50));
  window.change("edit", message(10, "new"));
  window.change("remove", message(20));
  window.take([...chat(51, 98), message(99, "newer")], true);
  assert.equal(window.lines.find(({ id }) => id === 10).text, "new");
  assert.equal(window.lines.at(-1).text, "newer");
  assert.deepEqual(ids(window.lines), [...ids(chat(1, 19)), ...ids(chat(21, 99))]);
});

test("a gap that the server cannot fill is not hidden: older lines go", () => {
  const window = new ChatWindow(chat(1, 50));
  assert.equal(window.take(chat(101, 150), true).length, 50);
  assert.deepEqual(ids(window.lines), ids(chat(101, 150)));
});

test("the answer to a call and its event are one message", () => {
  const state = { version: 1, chat: chat(1, 2) };
  const { state: after } = apply(state, "chat", { op: "add", message: message(2), prev: 1, version: 2 });
  assert.deepEqual(ids(after.chat), [1, 2]);
});

test("what others said before one's own message is shown, though one's own was answered first", () => {
  let state = { version: 1, chat: chat(1, 3), room: {}, player: {}, queue: [] };
  const window = new ChatWindow(state.chat);
  state = withMessage(state, { op: "add", message: message(6) });
  window.take(state.chat, true);
  const added = chat(4, 6).flatMap((one) => {
    state = apply(state, "chat", { op: "add", message: one, prev: one.id - 3, version: one.id - 2 }).state;
    return window.take(state.chat, true);
  });
  assert.deepEqual([ids(window.lines), ids(added)], [ids(chat(1, 6)), [4, 5]]);
});

for (const [before, told, shown] of [
  [chat(1, 3), chat(1, 30), chat(1, 30)],
  [[], chat(28, 30), chat(28, 30)],
  [chat(1, 50), chat(101, 130), chat(101, 130)],
]) {
  test(`what was missed before one's own message is shown with it: after ${before.length}`, () => {
    const window = new ChatWindow(before);
    window.take([...before, message(told.at(-1).id)], true);
    window.take(told, true);
    assert.deepEqual(ids(window.lines), ids(shown));
  });
}
