import { Follower } from "../../players/follow/follower.js";
import { Clock } from "../clock/clock.js";
import { RoomStream } from "../stream/room_stream.js";
import { newsOf } from "./room/activity.js";
import { Adding } from "./adding/adding.js";
import { Api } from "./lib/api.js";
import { Artwork } from "./player/artwork.js";
import { Deck } from "./player/deck.js";
import { dock } from "./player/dock.js";
import { memory, part, write } from "./lib/dom.js";
import { sayFarewell } from "./chrome/farewell.js";
import { handOnFocus } from "./lib/focus.js";
import { QueueInput } from "./queue/queue_input.js";
import { listenAtFirstGesture } from "./player/first_gesture.js";
import { Host } from "./room/host.js";
import { listeningPanel } from "./player/listening_panel.js";
import { mediaSession } from "./player/media_session.js";
import { NoticeBoard } from "./chrome/notice_board.js";
import { nameForm } from "./people/name_form.js";
import { keepOfflinePage } from "./chrome/offline_page.js";
import { People } from "./people/people.js";
import { Queue } from "./queue/queue.js";
import { rights } from "./room/rights.js";
import { Seek } from "./player/seek.js";
import { Session } from "./room/session.js";
import { settingsSheet } from "./sheets/settings.js";
import { shareSheet } from "./sheets/share.js";
import { connectKeys } from "./keys/shortcuts.js";
import { Sync } from "./player/sync.js";
import { Tab } from "./chrome/browser_tab.js";
import { tabs } from "./chrome/tabs.js";
import { Toasts } from "./chrome/toasts.js";
import { Transport } from "./player/transport.js";
import { rememberVisit } from "./home/visits.js";
import { Volume } from "./player/volume.js";
import { wakeLock } from "./chrome/wake_lock.js";
import { Welcome } from "./chrome/welcome.js";
import { words } from "./lib/words.js";

/** @typedef {import("./room/types.js").State} State */

/** How often positions are drawn, in milliseconds. */
const TICK_MS = 250;

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
  /** Where the focus goes when its place goes away. */
  #harbours = this.#root.querySelectorAll("[data-part=play], [data-part=sync], .tab");

  /** @param {State} snapshot */
  constructor(snapshot) {
    this.#session = new Session(snapshot, this.#clock);
    const { me, role } = this.#main.dataset;
    const identity = `${role} ${me}`;
    this.#stream = new RoomStream(this.#api.eventsUrl, { snapshot: snapshot.beyond ? null : snapshot, identity });
    this.#follower = new Follower({
      stage: part(this.#root, "stage", HTMLElement),
      clock: this.#clock,
      storage: memory(),
    });
    this.#host = new Host(this.#session, this.#api, (player) => this.#stream.apply(player), this.#toasts);
    const add = (/** @type {string} */ url) => this.#host.add(url, this.#can.control, this.#people.me);
    this.#adding = new Adding(this.#root, add, this.#toasts.say);
    this.#people = new People(this.#root, this.#session, this.#main.dataset.me ?? "");
    this.#seek = new Seek(this.#root, this.#session, (ms) => this.#host.seek(ms));
    this.#playback = this.#makePlayback();
    this.#told = [this.#makeWelcome(), this.#people, this.#makeQueue()];
    this.#connectChrome();
    connectKeys(this.#root, this.#can.control, {
      acts: this.#acts,
      adding: this.#adding,
      seek: this.#seek,
      toasts: this.#toasts,
      volume: new Volume(this.#root, this.#follower),
    });
  }

  start() {
    this.#session.addEventListener("change", () => this.#show());
    this.#session.addEventListener("status", () => this.#showPlayback());
    this.#listenToStream();
    this.#listenToPlayer();
    this.#clock.start();
    rememberVisit(this.#session);
    listenAtFirstGesture(this.#session, () => this.#follower.listen());
    window.addEventListener("pagehide", () => this.#api.goodbye());
    void this.#connect();
    this.#follow();
    this.#show();
    this.#ticker = setInterval(() => document.hidden || this.#seek.show(), TICK_MS);
  }

  /** Of a long queue the page holds what comes next; the rest is fetched now that this can be seen. */
  async #connect() {
    if (this.#session.state.beyond) await this.#stream.load();
    this.#stream.connect();
  }

  // What is shown

  #makePlayback() {
    const [root, session] = [this.#root, this.#session];
    const backdrop = part(root, "backdrop", HTMLElement);
    const artwork = new Artwork(part(root, "cover", HTMLElement), backdrop, session.state.room.name);
    return [
      new Deck(root, session, artwork),
      new Tab(session),
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
    new QueueInput(this.#root, queue, this.#session, this.#host, this.#can.control, (entry) => {
      return this.#can.control || entry.added_by === this.#people.me;
    });
    return queue;
  }

  #show() {
    write(part(this.#root, "room-name", HTMLElement), this.#session.state.room.name);
    for (const view of [...this.#playback, ...this.#told]) view.show();
    handOnFocus(...this.#harbours);
  }

  #showPlayback() {
    for (const view of this.#playback) view.show();
    handOnFocus(...this.#harbours);
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
    // What was only unknown so far is no news.
    const news = before.beyond ? "" : newsOf(before, state, data?.by ?? "", self, this.#clock.now());
    if (news) this.#toasts.say(news);
    else if (!data?.by && before.player.entry_id !== state.player.entry_id) this.#announce(state.player.entry);
  }

  /**
   * Eyes see what plays now; whoever cannot is told once, unless somebody's act was said already.
   *
   * @param {import("./room/types.js").Entry | null} entry
   */
  #announce(entry) {
    const line = entry ? [entry.title, entry.artist].filter(Boolean).join(" · ") : "";
    write(part(this.#root, "announced", HTMLElement), line);
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
    dock(part(this.#root, "transport", HTMLElement), part(this.#root, "mini-title", HTMLElement));
  }
}

const snapshot = document.getElementById("snapshot");
if (snapshot) new RoomPage(JSON.parse(snapshot.textContent ?? "")).start();
keepOfflinePage();
