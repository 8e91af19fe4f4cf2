// Where the page sees links in pasted texts, held to the table that the server's extractor is held to.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { rooms } from "./static.mjs";

const { isWords, linksIn } = await rooms("page/lib/format.js");
const CASES = JSON.parse(readFileSync(new URL("../pasted_texts.json", import.meta.url), "utf8"));

test("the table has cases", () => assert.ok(CASES.length > 110));

for (const { text, links, refused } of CASES) {
  const name = JSON.stringify(text.slice(0, 60));
  if (links.length) test(`the page sees that there is a link: ${name}`, () => assert.ok(linksIn(text).length >= 1));
  else if (!/https?:|youtu/i.test(text)) test(`the page sees no link: ${name}`, () => assert.deepEqual(linksIn(text), []));
  // In markup a link and its label may be the same twice.
  if (links.length && !/[<[#]/.test(text))
    test(`the page shows as many rows as there are links: ${name}`, () =>
      assert.equal(linksIn(text).length, links.length + refused.filter((one) => /^https?:/.test(one.text)).length));
}

test("words are searched for, and links and their beginnings are not", () => {
  for (const text of ["ab", " night train ", "AC/DC", "아이유", "Mr. Blue", "10:30"]) assert.ok(isWords(text), text);
  const links = ["http", "https:", "https:/", "www.you", "youtu.be/dQw", "media.example.org/a.mp3", "look: https://a.b/c"];
  for (const text of ["", " a ", ...links]) assert.ok(!isWords(text), text);
});
