import { Follower } from '../../players/follower.js';
import { Clock } from '../clock.js';
import { RoomStream } from '../stream.js';
import { whatHappened, whatTurnedOut, whatWasAdded } from './activity.js';
import { AddForm } from './add.js';
import { takeLinksAnywhere } from './anywhere.js';
import { Api, Refusal } from './api.js';
import { Artwork } from './artwork.js';
import { Deck } from './deck.js';
import { part, write } from './dom.js';
import { Drag } from './drag.js';
import { sayFarewell } from './farewell.js';
import { Host } from './host.js';
import { keys } from './keys.js';
import { mediaSession } from './media-session.js';
import { RowMenu } from './menu.js';
import { NoticeBoard } from './notice.js';
import { nameForm, People } from './people.js';
import { Queue } from './queue.js';
import { may } from './rights.js';
import { Seek } from './seek.js';
import { Session } from './session.js';
import { settingsSheet } from './settings.js';
import { shareSheet } from './share.js';
import { Sync } from './sync.js';
import { tabs } from './tabs.js';
import { Toasts } from './toast.js';
import { Transport } from './transport.js';
import { Volume } from './volume.js';
import { Welcome } from './welcome.js';
import { words } from './words.js';

/** @typedef {import('./types.js').Entry} Entry */
/** @typedef {import('./types.js').Player} Player */
/** @typedef {import('./types.js').Role} Role */
/** @typedef {import('./types.js').RoomInfo} RoomInfo */
/** @typedef {import('./types.js').State} State */

/** How often positions are drawn, in milliseconds. */
const TICK_MS = 250;
const VOLUME_STEP = 0.05;
const SEEK_STEP_MS = 5000;

/** The page of one room: what the server tells goes to every view, what people do goes to the server. */
class RoomPage {
  #root = document;
  #main = /** @type {HTMLElement} */ (document.getElementById('room'));
  #role = /** @type {Role} */ (this.#main.dataset.role);
  #can = {
    control: 'canControl' in this.#main.dataset,
    add: 'canAdd' in this.#main.dataset,
  };
  #clock = new Clock();
  #toasts = new Toasts(part(this.#root, 'toasts', HTMLElement));
  #api = new Api(this.#main.dataset.slug ?? '');
  #session;
  #stream;
  #follower;
  #host;
  #people;
  #queue;
  #seek;
  #playback;
  #welcome;
  #ticker = 0;

  /** @param {State} snapshot */
  constructor(snapshot) {
    this.#session = new Session(snapshot, this.#clock);
    this.#stream = new RoomStream(this.#api.eventsUrl, { snapshot });
    this.#follower = new Follower({ stage: part(this.#root, 'stage', HTMLElement), clock: this.#clock });
    this.#host = new Host(this.#session, this.#api, (player) => this.#stream.apply(player), this.#toasts.say);
    this.#people = new People(this.#root, this.#session, this.#main.dataset.me ?? '');
    this.#queue = new Queue(this.#root, this.#session);
    this.#seek = new Seek(this.#root, this.#session, (ms) => this.#host.seek(ms));
    this.#playback = this.#makePlayback();
    this.#welcome = this.#makeWelcome();
    this.#connectQueue();
    this.#connectForms();
    this.#connectChrome();
  }

  start() {
    this.#session.addEventListener('change', () => this.#show());
    this.#session.addEventListener('status', () => this.#playback.forEach((view) => view.show()));
    this.#listenToStream();
    this.#listenToPlayer();
    this.#clock.start();
    this.#stream.connect();
    this.#follow();
    this.#show();
    this.#ticker = setInterval(() => document.hidden || this.#seek.show(), TICK_MS);
  }

  /** The views that show what this browser's player does, several times a second. */
  #makePlayback() {
    const [root, session] = [this.#root, this.#session];
    const artwork = new Artwork(
      part(root, 'cover', HTMLElement),
      part(root, 'backdrop', HTMLElement),
      session.state.room.name,
    );
    const listen = () => void this.#follower.listen();
    const backToLive = () => this.#follower.backToLive();
    const reload = () => location.reload();
    const isOutdated = (/** @type {RoomInfo} */ room) =>
      may(this.#role, room.rules.control) !== this.#can.control || may(this.#role, room.rules.add) !== this.#can.add;
    return [
      new Deck(root, session, artwork),
      this.#seek,
      new Transport(root, session, this.#can.control, this.#acts),
      new NoticeBoard(root, session, { listen, backToLive, reload }, isOutdated),
      new Sync(root, session),
      { show: mediaSession(session, this.#can.control, this.#acts) },
    ];
  }

  #makeWelcome() {
    const start = () => void this.#host.togglePlaying();
    const add = (/** @type {string} */ url) => void this.#addQuietly(url);
    return new Welcome(this.#root, this.#session, this.#can.control, { start, add });
  }

  #acts = {
    toggle: () => this.#toggle(),
    next: () => void this.#host.next(),
    previous: () => void this.#host.previous(),
  };

  #show() {
    write(part(this.#root, 'room-name', HTMLElement), this.#session.state.room.name);
    for (const view of [...this.#playback, this.#welcome, this.#people, this.#queue]) view.show();
  }

  /** A host's button is for all; a guest's only for themselves. */
  #toggle() {
    // Whoever presses a button may be heard: browsers allow sound from here on.
    if (this.#session.status?.phase === 'blocked') void this.#follower.listen();
    if (this.#can.control) return void this.#host.togglePlaying();
    if (this.#session.status?.phase === 'alone') this.#follower.backToLive();
    else this.#follower.pause();
  }

  #listenToStream() {
    this.#stream.addEventListener('state', (event) => this.#told(/** @type {CustomEvent} */ (event).detail));
    this.#stream.addEventListener('connection', (event) => {
      this.#session.connection = /** @type {CustomEvent} */ (event).detail;
      this.#session.changed();
    });
    this.#stream.addEventListener('bye', (event) => this.#end(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {{state: State, data: {by?: string | null}}} told */
  #told({ state, data }) {
    const before = this.#session.state;
    this.#session.told(state);
    this.#follow();
    const me = this.#people.me;
    const added = this.#host.added;
    for (const entry of whatTurnedOut(before, state, added)) {
      return this.#toasts.say(words.problems.unplayable(entry.title, entry.unplayable));
    }
    const news = whatHappened(before, state, data.by, me, this.#clock.now()) || whatWasAdded(before, state, added, me);
    if (news) this.#toasts.say(news);
  }

  #follow() {
    this.#follower.follow(this.#session.state.player);
    this.#follower.next(this.#session.following);
  }

  #listenToPlayer() {
    this.#follower.addEventListener('status', (event) => {
      this.#session.heard(/** @type {CustomEvent} */ (event).detail);
    });
    this.#follower.addEventListener('hint', (event) => {
      // A hint that is lost or refused costs nothing: others have the same to say.
      this.#api.hint(/** @type {CustomEvent} */ (event).detail).catch(() => {});
    });
  }

  /** @param {string} reason */
  #end(reason) {
    clearInterval(this.#ticker);
    this.#stream.close();
    this.#follower.pause();
    sayFarewell(this.#root, reason);
  }

  #connectQueue() {
    const menu = new RowMenu(this.#root, (what, entry) => this.#do(what, entry));
    const list = this.#queue.list;
    list.addEventListener('click', (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const entry = this.#queue.entryAt(target);
      const more = target?.closest('.row-more');
      if (!entry) return;
      if (more instanceof HTMLElement) menu.open(more, entry, this.#can.control || entry.added_by === this.#people.me);
      else if (target?.closest('.row-lead') && this.#can.control && matchMedia('(hover: hover)').matches) {
        void this.#host.jump(entry);
      }
    });
    if (!this.#can.control) return;
    list.addEventListener('keydown', (event) => this.#pressedInQueue(event));
    new Drag(list, () => this.#queue.visible, (row, behind) => this.#dropped(row, behind));
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement | null} behind the row it was dropped after
   */
  #dropped(row, behind) {
    const [entry, after] = [this.#queue.entryAt(row), this.#queue.entryAt(behind)];
    if (entry) void this.#host.move(entry.id, after?.id ?? null);
  }

  /** @param {KeyboardEvent} event */
  #pressedInQueue(event) {
    const by = { ArrowUp: /** @type {const} */ (-1), ArrowDown: /** @type {const} */ (1) }[event.key];
    const entry = this.#queue.entryAt(event.target instanceof Element ? event.target : null);
    if (!by || !event.altKey || !entry) return;
    event.preventDefault();
    const focused = document.activeElement;
    void this.#host.moveBy(entry.id, by);
    if (focused instanceof HTMLElement) focused.focus();
  }

  /**
   * @param {string} what
   * @param {Entry} entry
   */
  #do(what, entry) {
    const host = this.#host;
    const current = this.#session.player.entry_id;
    if (what === 'play') void host.jump(entry);
    if (what === 'soon') void host.move(entry.id, current);
    if (what === 'up') void host.moveBy(entry.id, -1);
    if (what === 'down') void host.moveBy(entry.id, 1);
    if (what === 'remove') void host.remove(entry.id);
  }

  #connectForms() {
    nameForm(this.#root, this.#api, (name) => {
      this.#people.me = name;
      this.#toasts.say(words.saved);
      this.#people.show();
    });
    if (!this.#can.add) return;
    const forms = [...document.querySelectorAll('form[data-part="add"]')].map(
      (form) => new AddForm(/** @type {HTMLFormElement} */ (form), (url) => this.#add(url)),
    );
    takeLinksAnywhere((links) => void this.#addQuietly(links));
    keys({ '/': () => forms.find((form) => form.isVisible)?.focus() });
  }

  /** @param {string} url */
  async #add(url) {
    const entries = await this.#host.add(url, this.#can.control);
    this.#toasts.say(words.addedHere(entries.length));
  }

  /** @param {string} url added by another way than the field, which has no place for a complaint */
  async #addQuietly(url) {
    try {
      await this.#add(url);
    } catch (problem) {
      this.#toasts.say(problem instanceof Refusal ? problem.message : words.problems.unknown);
    }
  }

  #connectChrome() {
    shareSheet(this.#root, this.#toasts.say);
    settingsSheet(this.#root, this.#api, () => this.#session.state.room, this.#toasts.say);
    const select = tabs(/** @type {HTMLElement} */ (document.querySelector('[role="tablist"]')));
    part(this.#root, 'people-button', HTMLButtonElement).addEventListener('click', () => {
      const tab = /** @type {HTMLElement} */ (document.getElementById('tab-people'));
      select(tab);
      tab.focus();
    });
    const volume = new Volume(this.#root, this.#follower);
    const transport = part(this.#root, 'transport', HTMLElement);
    new IntersectionObserver(([seen]) => document.body.classList.toggle('is-docked', !seen.isIntersecting)).observe(transport);
    keys({
      ' ': () => this.#toggle(),
      m: () => volume.toggle(),
      ArrowUp: () => volume.changeBy(VOLUME_STEP),
      ArrowDown: () => volume.changeBy(-VOLUME_STEP),
      ...(this.#can.control ? this.#hostKeys() : {}),
    });
  }

  /** @returns {Record<string, () => void>} */
  #hostKeys() {
    return {
      n: this.#acts.next,
      p: this.#acts.previous,
      ArrowLeft: () => void this.#host.seekBy(-SEEK_STEP_MS),
      ArrowRight: () => void this.#host.seekBy(SEEK_STEP_MS),
    };
  }
}

const snapshot = document.getElementById('snapshot');
if (snapshot) new RoomPage(JSON.parse(snapshot.textContent ?? '')).start();
