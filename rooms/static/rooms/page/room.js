import { Follower } from "../../players/follower.js";
import { Clock } from "../clock.js";
import { RoomStream } from "../stream.js";
import { newsOf } from "./activity.js";
import { Adding } from "./adding.js";
import { Api } from "./api.js";
import { Artwork } from "./artwork.js";
import { Deck } from "./deck.js";
import { dock } from "./dock.js";
import { memory, part, write } from "./dom.js";
import { sayFarewell } from "./farewell.js";
import { QueueHands } from "./hands.js";
import { Host } from "./host.js";
import { keys } from "./keys.js";
import { listeningPanel } from "./listening.js";
import { mediaSession } from "./media_session.js";
import { NoticeBoard } from "./notice.js";
import { nameForm } from "./name.js";
import { People } from "./people.js";
import { Queue } from "./queue.js";
import { rights } from "./rights.js";
import { Seek } from "./seek.js";
import { Session } from "./session.js";
import { settingsSheet } from "./settings.js";
import { shareSheet } from "./share.js";
import { Sync } from "./sync.js";
import { tabs } from "./tabs.js";
import { Toasts } from "./toast.js";
import { Transport } from "./transport.js";
import { Volume } from "./volume.js";
import { wakeLock } from "./wake_lock.js";
import { Welcome } from "./welcome.js";
import { words } from "./words.js";

/** @typedef {import("./types.js").State} State */

/** How often positions are drawn, in milliseconds. */
const TICK_MS = 250;
const VOLUME_STEP = 0.05;
const SEEK_STEP_MS = 5000;

/** The page of one room: what the server tells goes to every view, what people do goes to the server. */
class RoomPage {
  #root = document;
  #main = part(this.#root, "room", HTMLElement);
  #can = rights(this.#main);
  #clock = new Clock();
  #toasts = new Toasts(part(this.#root, "toasts", HTMLElement));
  #api = new Api(this.#main.dataset.slug ?? "");
  #session;
  #stream;
  #follower;
  #host;
  #adding;
  #people;
  #seek;
  /** The views that show what this browser's player does, several times a second. */
  #playback;
  /** Those that only show what the server tells. */
  #told;
  #ticker = 0;

  /** @param {State} snapshot */
  constructor(snapshot) {
    this.#session = new Session(snapshot, this.#clock);
    const { me, role } = this.#main.dataset;
    this.#stream = new RoomStream(this.#api.eventsUrl, { snapshot, identity: `${role} ${me}` });
    this.#follower = new Follower({
      stage: part(this.#root, "stage", HTMLElement),
      clock: this.#clock,
      storage: memory(),
    });
    this.#host = new Host(this.#session, this.#api, (player) => this.#stream.apply(player), this.#toasts.say);
    const add = (/** @type {string} */ url) => this.#host.add(url, this.#can.control);
    this.#adding = new Adding(this.#root, add, this.#toasts.say);
    this.#people = new People(this.#root, this.#session, this.#main.dataset.me ?? "");
    this.#seek = new Seek(this.#root, this.#session, (ms) => this.#host.seek(ms));
    this.#playback = this.#makePlayback();
    this.#told = [this.#makeWelcome(), this.#people, this.#makeQueue()];
    this.#connectChrome();
    this.#connectKeys();
  }

  start() {
    this.#session.addEventListener("change", () => this.#show());
    this.#session.addEventListener("status", () => this.#showPlayback());
    this.#listenToStream();
    this.#listenToPlayer();
    this.#clock.start();
    window.addEventListener("pagehide", () => this.#api.goodbye());
    this.#stream.connect();
    this.#follow();
    this.#show();
    this.#ticker = setInterval(() => document.hidden || this.#seek.show(), TICK_MS);
  }

  // What is shown

  #makePlayback() {
    const [root, session] = [this.#root, this.#session];
    const backdrop = part(root, "backdrop", HTMLElement);
    const artwork = new Artwork(part(root, "cover", HTMLElement), backdrop, session.state.room.name);
    return [
      new Deck(root, session, artwork),
      this.#seek,
      new Transport(root, session, this.#can.control, this.#acts),
      new NoticeBoard(root, session, this.#can, {
        listen: () => void this.#follower.listen(),
        backToLive: () => this.#follower.backToLive(),
        reload: () => location.reload(),
      }),
      new Sync(root, session),
      { show: mediaSession(session, this.#can.control, this.#acts) },
      { show: wakeLock(session) },
    ];
  }

  #makeWelcome() {
    return new Welcome(this.#root, this.#session, this.#can.control, {
      start: () => void this.#host.togglePlaying(),
      add: (url) => void this.#adding.quietly(url),
    });
  }

  #makeQueue() {
    const queue = new Queue(this.#root, this.#session);
    new QueueHands(this.#root, queue, this.#session, this.#host, this.#can.control, (entry) => {
      return this.#can.control || entry.added_by === this.#people.me;
    });
    return queue;
  }

  #show() {
    write(part(this.#root, "room-name", HTMLElement), this.#session.state.room.name);
    this.#showPlayback();
    for (const view of this.#told) view.show();
  }

  #showPlayback() {
    for (const view of this.#playback) view.show();
  }

  // What is heard

  #listenToStream() {
    this.#stream.addEventListener("state", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
    this.#stream.addEventListener("connection", (event) => {
      this.#session.connection = /** @type {CustomEvent} */ (event).detail;
      this.#session.changed();
      if (this.#session.connection === "live") this.#clock.burst();
    });
    this.#stream.addEventListener("bye", (event) => this.#end(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {{state: State, data?: {by?: string | null}}} told */
  #hear({ state, data }) {
    const before = this.#session.state;
    this.#session.told(state);
    this.#follow();
    const self = { name: this.#people.me, added: this.#host.added };
    const news = newsOf(before, state, data?.by ?? "", self, this.#clock.now());
    if (news) this.#toasts.say(news);
  }

  #follow() {
    const { following, state } = this.#session;
    this.#follower.follow(state.player);
    this.#follower.next(following, state.advance_at_ms);
  }

  #listenToPlayer() {
    this.#follower.addEventListener("status", (event) => {
      this.#session.heard(/** @type {CustomEvent} */ (event).detail);
    });
    this.#follower.addEventListener("hint", (event) => {
      // A hint that is lost or refused costs nothing: others have the same to say.
      this.#api.hint(/** @type {CustomEvent} */ (event).detail).catch(() => {});
    });
  }

  /** @param {string} reason */
  #end(reason) {
    clearInterval(this.#ticker);
    this.#stream.close();
    this.#clock.stop();
    this.#follower.pause();
    sayFarewell(this.#root, reason);
  }

  // What people do

  #acts = {
    toggle: () => this.#toggle(),
    next: () => void this.#host.next(),
    previous: () => void this.#host.previous(),
    seek: (/** @type {number} */ ms) => void this.#host.seek(ms),
  };

  /** A host's button is for all; a guest's only for themselves. */
  #toggle() {
    const phase = this.#session.status?.phase;
    // Whoever presses a button may be heard: browsers allow sound from here on.
    if (phase === "blocked") void this.#follower.listen();
    if (this.#can.control) void this.#host.togglePlaying();
    else if (phase === "alone") this.#follower.backToLive();
    else if (phase !== "blocked") this.#follower.pause();
  }

  #connectChrome() {
    const { say } = this.#toasts;
    shareSheet(this.#root, say);
    settingsSheet(this.#root, this.#api, () => this.#session.state.room, say);
    listeningPanel(this.#root, this.#follower);
    nameForm(this.#root, this.#api, (name) => {
      this.#people.me = name;
      this.#people.show();
      say(words.saved);
    });
    tabs(this.#root, part(this.#root, "people-button", HTMLButtonElement));
    dock(part(this.#root, "transport", HTMLElement));
  }

  #connectKeys() {
    const volume = new Volume(this.#root, this.#follower);
    keys({
      " ": this.#acts.toggle,
      "/": () => this.#adding.focus(),
      m: () => volume.toggle(),
      ArrowUp: () => volume.changeBy(VOLUME_STEP),
      ArrowDown: () => volume.changeBy(-VOLUME_STEP),
    });
    if (!this.#can.control) return;
    keys({
      n: this.#acts.next,
      p: this.#acts.previous,
      ArrowLeft: () => void this.#host.seekBy(-SEEK_STEP_MS),
      ArrowRight: () => void this.#host.seekBy(SEEK_STEP_MS),
    });
  }
}

const snapshot = document.getElementById("snapshot");
if (snapshot) new RoomPage(JSON.parse(snapshot.textContent ?? "")).start();
