/** Of the tabs of one browser that have the same room open, one sounds. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { open } from "./browser.mjs";
import { rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

const { SoundOwner } = await rooms("sharing/sound_owner.js");

/** @type {FakeChannel[]} */
let channels;

class FakeChannel extends EventTarget {
  constructor(name) {
    super();
    this.name = name;
    channels.push(this);
  }
  postMessage(data) {
    const others = channels.filter((one) => one !== this && one.name === this.name);
    setTimeout(() => others.forEach((one) => one.dispatchEvent(Object.assign(new Event("message"), { data }))), 1);
  }
  close() {
    channels = channels.filter((one) => one !== this);
  }
}

/** A tab of its own window. */
function tab(room = "lounge") {
  const page = new EventTarget();
  globalThis.window = page;
  const owner = new SoundOwner(room);
  owner.start();
  const comeBack = () => page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  return { owner, close: () => page.dispatchEvent(new Event("pagehide")), comeBack };
}

const sounding = (tabs) => tabs.map(({ owner }) => owner.isOurs);

beforeEach(() => {
  open();
  channels = [];
  globalThis.BroadcastChannel = FakeChannel;
});

test("the first tab sounds and those after it are silent", async () => {
  const tabs = [tab()];
  await time.pass(100);
  tabs.push(tab(), tab());
  await time.pass(100);
  assert.deepEqual(sounding(tabs), [true, false, false]);
});

test("tabs that start at the same instant agree on one", async () => {
  const tabs = [tab(), tab(), tab()];
  await time.pass(100);
  assert.equal(sounding(tabs).filter(Boolean).length, 1);
});

test("a tab that takes over silences the one before, and may be taken over in turn", async () => {
  const tabs = [tab()];
  await time.pass(100);
  tabs.push(tab(), tab());
  await time.pass(100);
  tabs[2].owner.take();
  await time.pass(100);
  assert.deepEqual(sounding(tabs), [false, false, true]);
  tabs[0].owner.take();
  await time.pass(100);
  assert.deepEqual(sounding(tabs), [true, false, false]);
  tabs.push(tab());
  await time.pass(100);
  assert.deepEqual(sounding(tabs), [true, false, false, false]);
});

test("when the tab that sounds is closed, one of the others follows", async () => {
  const tabs = [tab()];
  await time.pass(100);
  tabs.push(tab(), tab());
  await time.pass(100);
  tabs[0].close();
  await time.pass(1_000);
  assert.equal(sounding(tabs.slice(1)).filter(Boolean).length, 1);
});

test("rooms do not silence each other, and a silent tab that is closed changes nothing", async () => {
  const [lounge, attic] = [tab("lounge"), tab("attic")];
  await time.pass(100);
  const second = tab("lounge");
  await time.pass(100);
  second.close();
  await time.pass(1_000);
  assert.deepEqual(sounding([lounge, attic]), [true, true]);
});

test("a silent tab that was put away sounds when it comes back, if the one that sounded has gone", async () => {
  const tabs = [tab()];
  await time.pass(100);
  tabs.push(tab());
  await time.pass(100);
  tabs[1].close();
  tabs[0].close();
  await time.pass(1_000);
  tabs[1].comeBack();
  await time.pass(1_000);
  assert.equal(tabs[1].owner.isOurs, true);
});

test("a silent tab that comes back leaves the sound to the one that sounds by then", async () => {
  const tabs = [tab()];
  await time.pass(100);
  tabs.push(tab());
  await time.pass(100);
  for (const close of [() => {}, tabs[0].close]) {
    tabs[1].close();
    close();
    await time.pass(1_000);
    tabs.push(tab());
    await time.pass(1_000);
    tabs[1].comeBack();
    await time.pass(2_000);
    assert.equal(tabs[1].owner.isOurs, false);
  }
});
