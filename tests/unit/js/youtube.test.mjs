// What is told of a video that YouTube refuses.

import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";
import { players } from "./static.mjs";

const { YouTubeLength } = await players("media/youtube_length.js");
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

// What a player tells as the length, over time, and what is made of it.

for (const [what, seen, told] of [
  ["a video", [[0, false], [212_061, false], [212_061, false]], [212_061]],
  ["a live stream that says so", [[29_000, true], [30_000, true]], ["live"]],
  ["a live stream that only grows", [[29_000, false], [30_000, false], [31_000, false], [32_000, false], [33_000, false]], [29_000, 30_000, 31_000, "live"]],
  ["an advertisement before the video", [[15_000, false], [212_061, false], [212_061, false]], [15_000, 212_061]],
]) {
  test(`the length of a video is told, or that it has none: ${what}`, () => {
    const heard = [];
    const length = new YouTubeLength({ isLive: () => heard.push("live"), changed: () => heard.push(length.ms) });
    for (const [ms, isLive] of seen) length.see(ms, isLive);
    assert.deepEqual(heard, told);
    assert.equal(length.isLive, told.at(-1) === "live");
  });
}
