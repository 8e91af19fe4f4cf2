// What is told of a video that YouTube refuses.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";
import { players } from "./static.mjs";

const { failureOf } = await players("media/youtube_failures.js");

for (const [code, reason] of [
  [100, "This video is private or no longer on YouTube."],
  [101, "Its owner does not let this video play outside YouTube."],
  [150, "Its owner does not let this video play outside YouTube."],
  [153, "YouTube refused, since your browser did not tell it which site the player is on."],
  [5, "YouTube's player cannot play this video in your browser."],
]) {
  test(`a refused video says why: ${code}`, () => assert.deepEqual(failureOf(code), { code, reason, mayPass: false }));
}

test("a YouTube that cannot be reached may be reached later", () => assert.equal(failureOf(0).mayPass, true));
