import { Adding } from "./adding/adding.js";
import { Chat } from "./chat/chat.js";
import { ChatDivider } from "./chat/chat_divider.js";
import { BrowserTab } from "./chrome/browser_tab.js";
import { sayFarewell } from "./chrome/farewell.js";
import { NoticeBoard } from "./chrome/notice_board.js";
import { keepOfflinePage } from "./chrome/offline_page.js";
import { tabs } from "./chrome/tabs.js";
import { Toasts } from "./chrome/toasts.js";
import { wakeLock } from "./chrome/wake_lock.js";
import { Welcome } from "./chrome/welcome.js";
import { rememberVisit } from "./home/visits.js";
import { connectKeys } from "./keys/shortcuts.js";
import { sentenceOf } from "./lib/fetch_json.js";
import { memory, part, write } from "./lib/dom.js";
import { handOnFocus } from "./lib/focus.js";
import { PeoplePanel } from "./people/people_panel.js";
import { Artwork } from "./player/artwork.js";
import { Deck } from "./player/deck.js";
import { dock } from "./player/dock.js";
import { Favourite } from "./player/favourite.js";
import { listenAtFirstGesture } from "./player/first_gesture.js";
import { listeningPanel } from "./player/listening_panel.js";
import { mediaSession } from "./player/media_session.js";
import { Reactions } from "./player/reactions.js";
import { Seek } from "./player/seek.js";
import { SkipVote } from "./player/skip_vote.js";
import { Sleep } from "./player/sleep.js";
import { Sync } from "./player/sync.js";
import { Transport } from "./player/transport.js";
import { Volume } from "./player/volume.js";
import { History } from "./queue/history.js";
import { listsPanel } from "./queue/own_lists.js";
import { Queue } from "./queue/queue.js";
import { QueueInput } from "./queue/queue_input.js";
import { queueMenu } from "./queue/queue_menu.js";
import { QueueMode } from "./queue/queue_mode.js";
import { RenameForm } from "./queue/rename.js";
import { RoomLog } from "./queue/room_log.js";
import { Selection } from "./queue/selection.js";
import { Votes } from "./queue/votes.js";
import { newsOf, sentenceOfNotice } from "./room/activity.js";
import { Host } from "./room/host.js";
import { playAlong } from "./room/play_along.js";
import { rights } from "./room/rights.js";
import { RoomConnection } from "./room/room_connection.js";
import { settingsSheet } from "./sheets/settings.js";
import { ShareSheet } from "./sheets/share.js";

/** @typedef {import("./room/types.js").State} State */
/** @typedef {import("./room/types.js").Entry} Entry */

/** How often positions are drawn. */
const DRAW_EVERY_MS = 250;

/** The page of one room: what the server tells goes to every view, what people do goes to the server. */
class RoomPage {
  #root = document;
  #main = part(this.#root, "room", HTMLElement);
  #can = rights(this.#main);
  #toasts = new Toasts(part(this.#root, "toasts", HTMLElement));
  #connection = new RoomConnection(this.#main);
  #session = this.#connection.session;
  #follower = playAlong(this.#connection, part(this.#root, "stage", HTMLElement), memory());
  #host = new Host(this.#session, this.#connection.api, this.#connection.apply, this.#toasts);
  #people = new PeoplePanel(this.#root, this.#main, this.#connection, this.#can, this.#follower, this.#toasts);
  #adding = new Adding(
    this.#root,
    {
      add: (url) => this.#host.add(url, this.#can.control, { id: this.#people.id, name: this.#people.me }),
      bring: (file) => this.#host.bring(file, this.#can.control),
      search: (q, youtube) => this.#connection.api.search(q, youtube),
      heard: (isHeard) => (this.#follower.isDucked = isHeard),
    },
    this.#toasts,
  );
  #seek = new Seek(this.#root, this.#session, (ms) => this.#host.seek(ms));
  #acts = {
    toggle: () => this.#toggle(),
    next: () => void this.#host.next(),
    previous: () => void this.#host.previous(),
    seek: (/** @type {number} */ ms) => void this.#host.seek(ms),
    undo: () => void this.#host.undo(),
  };
  #tab = new BrowserTab(this.#session);
  #chat = this.#makeChat();
  #reactions = new Reactions(this.#root, this.#session, (emoji) => {
    this.#connection.api.react(emoji).catch((problem) => this.#toasts.say(sentenceOf(problem)));
  });
  /** The views that show what this browser's player does, several times a second. */
  #playback = this.#makePlayback();
  /** Those that only show what the server tells. */
  /** @type {{show(): void}[]} */
  #told = [
    this.#makeWelcome(),
    this.#people,
    ...this.#makeQueue(),
    this.#makeFavourite(),
    this.#chat,
    this.#reactions,
    new ShareSheet(this.#root, this.#session, this.#connection.api, this.#toasts.say),
  ];
  #ticker = 0;
  /** Where the focus goes when the element that has it goes away. */
  #harbours = this.#root.querySelectorAll("[data-part=play], [data-part=sync], .tab");

  constructor() {
    this.#connectChrome();
    connectKeys(this.#root, this.#can, {
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
    this.#connection.addEventListener("told", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
    this.#connection.addEventListener("notice", (event) => this.#notice(/** @type {CustomEvent} */ (event).detail));
    this.#connection.addEventListener("reaction", (event) => {
      this.#reactions.hear(/** @type {CustomEvent} */ (event).detail.counts);
    });
    this.#connection.addEventListener("end", (event) => this.#end(/** @type {CustomEvent} */ (event).detail));
    this.#connection.reportFor(this.#follower);
    rememberVisit(this.#session);
    listenAtFirstGesture(this.#session, () => this.#follower.listen());
    void this.#connection.connect();
    this.#show();
    this.#ticker = setInterval(() => {
      this.#people.showPlayback();
      if (!document.hidden) this.#seek.show();
    }, DRAW_EVERY_MS);
  }

  // What is shown

  #makePlayback() {
    const [root, session] = [this.#root, this.#session];
    const backdrop = part(root, "backdrop", HTMLElement);
    const artwork = new Artwork(part(root, "cover", HTMLElement), backdrop, session.state.room.name);
    return [
      new Deck(root, session, artwork),
      this.#tab,
      this.#seek,
      new Transport(root, session, this.#can.control, this.#acts),
      new SkipVote(root, session, this.#can.vote, this.#connection.api, this.#toasts.say),
      { show: () => this.#people.showPlayback() },
      new NoticeBoard(root, session, this.#can, {
        listen: () => this.#follower.listen(),
        backToLive: () => this.#follower.backToLive(),
        reload: () => location.reload(),
        skip: () => void this.#host.next(),
      }),
      new Sync(root, session),
      new Sleep(root, this.#follower, this.#toasts.say),
      { show: mediaSession(session, this.#can, this.#acts) },
      { show: wakeLock(session) },
    ];
  }

  #makeWelcome() {
    return new Welcome(this.#root, this.#session, this.#can.control, {
      // A second tap of a double one is not to pause what the first began.
      start: () => void (this.#session.player.playing || this.#host.togglePlaying()),
      add: (url) => void this.#adding.quietly(url),
    });
  }

  #makeChat() {
    new ChatDivider(this.#root, part(this.#root, "side", HTMLElement));
    return new Chat(this.#root, this.#session, this.#connection, {
      myId: this.#main.dataset.myId ?? "",
      myName: () => this.#people.me,
      mayModerate: this.#can.moderate,
      report: ({ id, name }) => this.#people.report({ message: id, name }),
      moderation: this.#people.moderation,
      say: this.#toasts.say,
      mentioned: () => this.#tab.mentioned(),
    });
  }

  #makeQueue() {
    const queue = new Queue(this.#root, this.#session);
    const host = this.#host;
    const { api } = this.#connection;
    const form = new RenameForm(this.#root, (entry, names) => host.rename(entry, names));
    const isOwn = (/** @type {Entry} */ entry) =>
      this.#can.reorder || entry.added_by?.id === this.#people.id;
    const selection = new Selection(this.#root, queue, this.#session, {
      mayRemove: isOwn,
      remove: (entries) => host.removeAll(entries),
      playNext: (entries) => host.playNext(entries),
      say: this.#toasts.say,
      slug: api.slug,
    });
    const [rename, select] = [(/** @type {Entry} */ entry) => form.open(entry), (/** @type {Entry} */ entry) => selection.begin(entry)];
    new QueueInput(this.#root, queue, this.#session, host, this.#can, isOwn, rename, select);
    const history = new History(this.#root, this.#can.add, {
      read: (q, before) => api.history(q, before),
      again: (url) => void this.#adding.quietly(url),
    });
    const log = new RoomLog(this.#root, this.#session, { read: (before) => api.log(before), undo: () => host.undo() });
    queueMenu(this.#root, (files) => void this.#adding.files(files), {
      history: () => history.open(),
      log: () => log.open(),
      shuffle: () => void host.shuffle(),
      clear: () => void host.clear(),
    });
    const votes = new Votes(queue, api.slug, memory(), (entry, likes) => host.vote(entry, likes));
    const mode = new QueueMode(this.#root, this.#session, (order) => host.setOrder(order));
    return [queue, votes, mode, log, selection];
  }

  #makeFavourite() {
    return new Favourite(this.#root, this.#session, this.#toasts.say);
  }

  #show() {
    for (const name of ["room-name", "room-heading"])
      write(part(this.#root, name, HTMLElement), this.#session.state.room.name);
    for (const view of [...this.#playback, ...this.#told]) view.show();
    handOnFocus(...this.#harbours);
  }

  #showPlayback() {
    for (const view of this.#playback) view.show();
    handOnFocus(...this.#harbours);
  }

  // What is heard

  /** @param {{before: State, state: State, name: string, data?: {by?: string | null}}} told */
  #hear({ before, state, name, data }) {
    if (name === "chat" || name === "snapshot") this.#chat.hear(name, data);
    // Of what an answer tells the button that was pressed has told.
    if (name === "chat" || name === "answer") return;
    const self = { id: this.#people.id, name: this.#people.me, added: this.#host.added };
    // What the page was not delivered with is no news.
    const news = before.beyond ? "" : newsOf(before, state, data?.by ?? "", self, this.#session.clock.now());
    if (news) this.#toasts.say(news);
    else if (!data?.by && before.player.entry_id !== state.player.entry_id) this.#announce(state.player.entry);
  }

  /** @param {import("./room/activity.js").Notice} notice */
  #notice(notice) {
    const sentence = sentenceOfNotice(notice);
    if (!sentence) return;
    this.#chat.note(sentence);
    // Of one's own acts the button that was pressed tells.
    if (notice.by !== this.#people.me) this.#toasts.say(sentence);
  }

  /**
   * Announce a new track to screen readers, unless a toast has said already who chose it.
   *
   * @param {import("./room/types.js").Entry | null} entry
   */
  #announce(entry) {
    const line = entry ? [entry.title, entry.artist].filter(Boolean).join(" · ") : "";
    write(part(this.#root, "announced", HTMLElement), line);
  }

  /** @param {string} reason */
  #end(reason) {
    clearInterval(this.#ticker);
    sayFarewell(this.#root, reason, this.#connection.farewell);
  }

  // What people do

  /** A host's button plays or pauses for all, a guest's for themselves. */
  #toggle() {
    const { player, status } = this.#session;
    const { phase, isBlocked = false } = status ?? {};
    const isAlone = phase === "alone";
    // Pressing a button is a gesture after which browsers allow sound.
    const isSilent = isBlocked || phase === "elsewhere";
    if (isBlocked || (isSilent && !this.#can.control)) this.#follower.listen();
    if (isAlone) this.#follower.backToLive();
    // A host who slept, or whom the system paused, presses play to hear: the room plays, and goes on.
    const isForAll = this.#can.control && !(isAlone && player.playing);
    if (isForAll) void this.#host.togglePlaying();
    else if (!this.#can.control && !isAlone && !isSilent) this.#follower.pause();
  }

  #connectChrome() {
    const { say } = this.#toasts;
    const { api } = this.#connection;
    listsPanel(this.#root, api.slug, this.#can.add, say);
    this.#told.push(settingsSheet(this.#root, api, () => this.#session.state, say));
    listeningPanel(this.#root, this.#follower);
    tabs(this.#root, part(this.#root, "people-button", HTMLButtonElement));
    dock(part(this.#root, "transport", HTMLElement), part(this.#root, "mini-title", HTMLElement));
  }
}

if (document.getElementById("snapshot")) new RoomPage().start();
keepOfflinePage();
