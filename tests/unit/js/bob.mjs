/** Bob, who listens: a page with a clock and a follower in virtual time, told what the room's player does. */

import { open, server, storage } from "./browser.mjs";
import { FakeVideo } from "./fake_video.mjs";
import { players, rooms } from "./static.mjs";
import { time } from "./virtual_time.mjs";

const { Clock } = await rooms("clock/clock.js");
const { Follower } = await players("follow/follower.js");
const { positionAt, timelineOf } = await players("timeline.js");

export const TRACK_LEAD_MS = 1_500;
export const IN_STEP_MS = 250;

/** An entry that plays a tone of a minute; its length is known unless `length_ms` says otherwise. */
export function tone(id, fields = {}) {
  const url = `http://musicrooms.test/media/60s-${id}.wav`;
  const about = { provider: "direct", media_id: url, title: `Track ${id}`, artist: "", artwork_url: "", unplayable: "" };
  return { id, url, ...about, length_ms: 60_000, start_ms: null, end_ms: null, ...fields };
}

export class Bob {
  statuses = [];
  hints = [];
  player = null;
  #version = 0;

  /** @param {{skewMs?: number}} about */
  constructor({ skewMs = 0 } = {}) {
    this.stage = open();
    server.skewMs = skewMs;
    this.storage = storage();
    this.clock = new Clock();
    this.clock.start();
    this.follower = new Follower({ stage: this.stage, clock: this.clock, storage: this.storage });
    this.follower.addEventListener("status", ({ detail }) => this.statuses.push({ ...detail, atMs: this.clock.now() }));
    this.follower.addEventListener("hint", ({ detail }) => this.hints.push(detail));
  }

  /** Be told that the player plays `entry`, from `leadMs` from now on. */
  hear(entry, { leadMs = 400, ...fields } = {}) {
    const about = { playing: true, position_ms: 0, rate: 1, effective_at_ms: Math.round(server.now() + leadMs) };
    const player = { version: ++this.#version, entry_id: entry && entry.id, ...about, entry, ...fields };
    this.follow(player);
    return player;
  }

  follow(player) {
    this.player = player;
    this.follower.follow(player);
  }

  /** What sounds, or would. */
  get video() {
    return this.stage.children[0]?.children.find((one) => one.style.display === "");
  }

  get positionMs() {
    return this.video.currentTime * 1000;
  }

  /** How far what plays is ahead of the room, by the server's own clock. */
  get errorMs() {
    return this.positionMs - positionAt(timelineOf(this.player), server.now());
  }

  isInStep(withinMs = IN_STEP_MS) {
    return Boolean(this.video?.isMoving) && Math.abs(this.errorMs) < withinMs;
  }

  get phase() {
    return this.follower.status.phase;
  }

  /** The phases that he was told, without repetitions. */
  get phases() {
    const told = this.statuses.map(({ phase }) => phase);
    return told.filter((phase, number) => phase !== told[number - 1]);
  }

  until(holds, withinMs) {
    return time.until(holds, withinMs);
  }

  untilInStep(withinMs = IN_STEP_MS) {
    return time.until(() => this.isInStep(withinMs));
  }

  untilPhase(phase) {
    return time.until(() => this.phase === phase);
  }

  /** In step with a tone, and corrected as far as he needed it. */
  async listens(entry = tone(1)) {
    this.hear(entry, { leadMs: -2_000 });
    await this.untilInStep(40);
    await this.untilSettled();
  }

  /** Nothing is corrected for two seconds. */
  async untilSettled() {
    let calmSince = null;
    await time.until(() => {
      const isCalm = this.follower.status.driftMs !== null && this.video.playbackRate === this.player.rate;
      calmSince = isCalm ? (calmSince ?? time.nowMs) : null;
      return isCalm && time.nowMs - calmSince > 2_000;
    });
  }

  /** Note each seek of what plays now, and each of its rates. */
  watch() {
    const seen = { seeks: [], rates: [], pauses: 0 };
    const { video } = this;
    video.addEventListener("seeking", () => seen.seeks.push(video.paused));
    video.addEventListener("ratechange", () => seen.rates.push(video.playbackRate));
    video.addEventListener("pause", () => (seen.pauses += 1));
    return seen;
  }

  /** The machine slept: its monotonic clock stood still, as did its player; its calendar and the server's went on. */
  sleep(ms) {
    time.calendarMs += ms;
    server.skewMs += ms;
  }

  /** Its owner set its calendar. */
  setCalendar(byMs) {
    time.calendarMs += byMs;
  }
}

export { FakeVideo, server, time };
