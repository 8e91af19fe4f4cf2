// The browser's idea of the server's clock, against a server whose clock is wrong on purpose.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open, server } from "./browser.mjs";
import { rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

const { Clock } = await rooms("clock/clock.js");
const HOUR_MS = 3_600_000;
const BURST = 8;

function started({ skewMs = 0 } = {}) {
  open();
  server.skewMs = skewMs;
  const clock = new Clock();
  const heard = [];
  for (const name of ["offset", "sleep"]) clock.addEventListener(name, () => heard.push(name));
  const wasKnown = clock.isKnown;
  clock.start();
  const rested = () => time.until(() => heard.filter((name) => name === "offset").length >= BURST);
  return { clock, heard, wasKnown, rested, errorMs: () => Math.abs(clock.now() - server.now()) };
}

test("the clock is the server's however wrong the machine's is", async () => {
  const bob = started({ skewMs: HOUR_MS });
  await bob.rested();
  assert.deepEqual([bob.wasKnown, bob.clock.isKnown], [false, true]);
  assert.ok(bob.errorMs() <= 1, `${bob.errorMs()} ms`);
});

test("it asks eight times, then rests, and asks once a minute", async () => {
  const bob = started();
  await bob.rested();
  await time.pass(50_000);
  assert.equal(server.asked, BURST);
  await time.pass(120_000);
  assert.equal(server.asked, BURST + 2);
});

for (const [name, happen] of [
  ["the network returns", () => window.dispatchEvent(new Event("online"))],
  ["the listener returns", () => document.dispatchEvent(new Event("visibilitychange"))],
]) {
  test(`it asks again when ${name}`, async () => {
    const bob = started();
    await bob.rested();
    happen();
    await time.pass(5_000);
    assert.equal(server.asked, 2 * BURST);
  });
}

test("a sleep is noticed and slept time counted", async () => {
  const bob = started();
  await bob.rested();
  // A machine that slept: its monotonic clock stood still, all others went on.
  server.skewMs += HOUR_MS;
  time.calendarMs += HOUR_MS;
  await time.until(() => bob.heard.includes("sleep"), 3_000);
  assert.ok(bob.errorMs() <= 1, `${bob.errorMs()} ms`);
  await time.until(() => bob.heard.lastIndexOf("offset") > bob.heard.indexOf("sleep"));
  assert.ok(bob.errorMs() <= 1, `${bob.errorMs()} ms`);
});

for (const hours of [1, -1]) {
  test(`a machine whose clock is set keeps the server's time all along: ${hours} h`, async () => {
    // It cannot be told from a sleep before the server has answered, which takes a while.
    const bob = started();
    await bob.rested();
    server.takesMs = 500;
    time.calendarMs += hours * HOUR_MS;
    let worstMs = 0;
    await time.until(() => {
      worstMs = Math.max(worstMs, bob.errorMs());
      return bob.heard.includes("sleep") && bob.heard.lastIndexOf("offset") > bob.heard.indexOf("sleep");
    });
    await time.pass(5_000);
    assert.ok(Math.max(worstMs, bob.errorMs()) < 10, `${worstMs}`);
  });
}

test("a sleep is believed the calendar where the server cannot be asked", async () => {
  const bob = started();
  await bob.rested();
  server.isAway = true;
  server.skewMs += HOUR_MS;
  time.calendarMs += HOUR_MS;
  await time.until(() => bob.heard.includes("sleep"));
  assert.ok(bob.errorMs() <= 1, `${bob.errorMs()} ms`);
});

test("a stopped clock asks nothing more and can start again", async () => {
  const bob = started();
  await time.until(() => bob.clock.isKnown);
  bob.clock.stop();
  await time.pass(50);
  const { asked } = server;
  await time.pass(300_000);
  assert.equal(server.asked, asked);
  bob.clock.start();
  await time.until(() => server.asked >= asked + BURST, 5_000);
});

test("a server that cannot be asked is asked again", async () => {
  open();
  server.isAway = true;
  const clock = new Clock();
  clock.start();
  await time.pass(10_000);
  assert.equal(clock.isKnown, false);
  assert.ok(Math.abs(clock.now() - Date.now()) < 1);
  server.isAway = false;
  await time.until(() => clock.isKnown, 5_000);
});
