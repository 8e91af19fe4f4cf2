// What is told of a pasted text of which a part was refused, and what is read of dropped files.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";
import { rooms } from "./static.mjs";

const { partlyAdded } = await rooms("page/room/several.js");
const { textOfFiles, Unusable } = await rooms("page/adding/link_files.js");

const refused = (number) =>
  Array.from({ length: number }, (_, n) => ({ text: `https://refused.example/${n}`, reason: `Reason ${n}.` }));
const file = (name, text, size = text.length) => ({ name, size, text: () => Promise.resolve(text) });
const LINK = "https://media.example.org/a.mp3";

test("of a single refused link the reason is told", () =>
  assert.equal(partlyAdded(3, refused(1)), "3 added. Reason 0."));

test("of several refused links the first three are named and the rest counted", () => {
  const told = partlyAdded(1, refused(5));
  assert.match(told, /^1 added, 5 were not links/);
  for (const { text } of refused(3)) assert.ok(told.includes(text));
  assert.ok(!told.includes(refused(5)[4].text));
  assert.match(told, /and 2 more$/);
});

test("files are sent as they are, one after the other", async () => {
  const list = `#EXTM3U\n#EXTINF:1,Night\n${LINK}\nlocal.mp3`;
  assert.equal(await textOfFiles([file("a.m3u", list), file("b.TXT", LINK)]), `${list}\n${LINK}`);
});

for (const [claim, files, sentence] of [
  ["no list", [file("a.mp3", LINK)], "“a.mp3” is not a list of links"],
  ["without a link", [file("a.txt", "nothing")], "There is no link in “a.txt”."],
  ["too large together", [file("a.txt", LINK, 60_000), file("b.txt", LINK, 60_000)], "“a.txt, b.txt” has 118 KiB"],
])
  test(`files that are ${claim} are refused with a sentence`, () =>
    assert.rejects(textOfFiles(files), (problem) => problem instanceof Unusable && problem.message.startsWith(sentence)));
