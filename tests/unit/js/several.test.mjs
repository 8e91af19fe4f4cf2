// What is told of a pasted text of which a part was refused, of which files are brought, and of a playlist beside a video.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";
import { rooms } from "./static.mjs";

const { partlyAdded } = await rooms("page/room/several.js");
const { checkFiles, Unusable } = await rooms("page/adding/link_files.js");
const { playlistBeside } = await rooms("page/adding/playlist_offer.js");

const refused = (number) =>
  Array.from({ length: number }, (_, n) => ({ text: `https://refused.example/${n}`, reason: `Reason ${n}.` }));
const file = (name, size) => ({ name, size });

test("of a single refused link the reason is told", () =>
  assert.equal(partlyAdded(3, refused(1)), "3 added. Reason 0."));

test("of several refused links the first three are named and the rest counted", () => {
  const told = partlyAdded(1, refused(5));
  assert.match(told, /^1 added, 5 were not links/);
  for (const { text } of refused(3)) assert.ok(told.includes(text));
  assert.ok(!told.includes(refused(5)[4].text));
  assert.match(told, /and 2 more$/);
});

test("files of links are brought as they are", () =>
  checkFiles([file("a.m3u", 10), file("b.TXT", 1024 * 1024), file("밤.m3u8", 0), file("c.json", 1)]));

for (const [claim, files, sentence] of [
  ["no list", [file("b.txt", 1), file("a.mp3", 1)], "“a.mp3” is not a list of links"],
  ["too large", [file("a.txt", 1024 * 1024 + 1)], "“a.txt” has 1025 KiB"],
])
  test(`a file that is ${claim} is refused with a sentence`, () =>
    assert.throws(
      () => checkFiles(files),
      (problem) => problem instanceof Unusable && problem.message.startsWith(sentence),
    ));

for (const [text, list] of [
  ["https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLlounge", "PLlounge"],
  ["look: youtu.be/dQw4w9WgXcQ?list=OLAK5uy_lounge&t=9", "OLAK5uy_lounge"],
  ["https://www.youtube.com/watch?v=dQw4w9WgXcQ", null],
  ["https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=RDdQw4w9WgXcQ&start_radio=1", null],
  ["https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=WL", null],
  ["https://www.youtube.com/playlist?list=PLlounge", null],
  ["https://media.example.org/a.mp3?list=PLlounge", null],
  ["https://youtu.be/dQw4w9WgXcQ?list=PLa https://youtu.be/dQw4w9WgXcQ?list=PLb", null],
  ["no link at all", null],
])
  test(`the playlist beside ${text} is ${list}`, () =>
    assert.equal(playlistBeside(text), list && `https://www.youtube.com/playlist?list=${list}`));
