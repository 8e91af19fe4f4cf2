import { t, tn } from "../../i18n/translate.js";
import { dateTime } from "./format.js";

/** Everything that the page's scripts say. */
export const words = {
  play: t("Play"),
  pause: t("Pause"),
  playHere: t("Play, for you only"),
  pauseHere: t("Pause, for you only"),
  backToLive: t("Back to live"),
  listen: t("Listen"),
  mute: t("Mute"),
  unmute: t("Unmute"),
  add: t("Add"),
  adding: t("Adding…"),
  copy: t("Copy"),
  copied: t("Copied"),
  linkCopied: t("The link is copied."),
  you: t("you"),
  roles: { host: t("host"), owner: t("owner") },
  mutedBadge: t("muted"),
  states: { silent: t("no sound"), buffering: t("loading"), away: t("away") },
  until: (/** @type {number} */ ms) => t("until {time}", { time: dateTime(ms) }),
  banEnds: (/** @type {number} */ ms) => t("You may come back after {time}.", { time: dateTime(ms) }),
  banReason: (/** @type {string} */ reason) => t("Their reason: {reason}", { reason }),
  voteToSkip: t("Vote to skip"),
  skipVotes: (/** @type {number} */ votes, /** @type {number} */ needed) => t("{votes} of {needed}", { votes, needed }),
  saved: t("Saved"),
  live: t("Live"),
  somebody: t("Someone"),

  connection: { live: t("Live"), polling: t("A little late"), "catching-up": t("Catching up"), lost: t("Lost"), full: t("Full") },
  pollingWhy: t("Something on the way holds back what the server tells, so this page asks for it every few seconds."),
  full: { title: t("This room is full."), text: t("You follow along a little late, until a place is free.") },
  lost: { title: t("Lost the connection."), text: t("The music goes on; catching up…") },
  offline: { title: t("You are offline."), text: t("What has loaded plays on; the rest follows once you are back.") },
  blocked: { title: t("Your browser blocked the sound."), text: t("Tap to listen.") },
  elsewhere: { title: t("It sounds in your other tab."), text: t("Here it is silent, and in step."), listen: t("Listen here") },
  alone: { title: t("You paused."), text: t("The room plays on.") },
  sleep: {
    left: (/** @type {string} */ time) => t("{time} left", { time }),
    atEnd: t("when it ends"),
    asleep: t("The sleep timer stopped the music for you. The room plays on."),
  },
  hold: { title: t("Your player is waiting."), text: t("An ad or a slow connection; it catches up by itself.") },
  unplayable: { title: t("This one cannot play here."), text: t("The next one may."), nobody: t("Nobody can play this one.") },
  retrying: t("It is tried again by itself."),
  tryAgain: t("Try again"),
  skip: t("Skip"),
  failedHere: t("Could not play here"),
  ended: { title: t("The queue has ended."), text: t("What is added next plays by itself.") },
  rules: { title: t("The rules of this room changed."), text: t("Load the page again to see what you can do.") },
  newRole: {
    owner: t("This room is yours now."),
    host: t("You are a host here now."),
    member: t("You are a member here now."),
    guest: t("You are a guest here now."),
  },
  reload: t("Reload"),
  findAnother: t("Find another room"),
  openThere: t("Open it there"),

  sync: {
    loading: t("Loading"),
    waiting: t("Starting together"),
    playing: t("In step"),
    weak: t("Roughly in step"),
    adjusting: t("Getting in step"),
    paused: t("Paused"),
    ended: t("At the end"),
    blocked: t("No sound yet"),
    elsewhere: t("In your other tab"),
    alone: t("On your own"),
    hold: t("Waiting"),
    unplayable: t("Not playing"),
    empty: "",
  },

  farewell: {
    closed: { title: t("The room is closed"), text: t("A host closed it. Thank you for listening.") },
    kicked: {
      title: t("You were asked to leave"),
      text: t("A host ended your visit. You may come back in by the link."),
    },
    banned: { title: t("You can no longer come in"), text: t("A host of this room decided so.") },
    password: { title: t("This room has a password now"), text: t("Come back in, and give it there.") },
    "right withdrawn": { title: t("This room is private now"), text: t("Ask its host for an invitation.") },
    replaced: {
      title: t("You listen elsewhere"),
      text: t("You have this room open so many times that this page gave way. Reload it to listen here."),
    },
    gone: { title: t("The room is gone"), text: t("It was closed, or you may no longer come in.") },
  },

  nothingPlays: t("Nothing plays yet"),
  ready: t("Ready when you are"),
  readyText: t("Everyone here hears it start at the same moment."),
  waitingForHost: (/** @type {string} */ host) => host ? t("{host} can start the music", { host }) : t("A host can start the music"),
  waitingText: t("Stay here, it begins by itself."),

  orders: { queue: t("As added"), fair: t("In turns"), votes: t("Most votes first"), shuffle: t("Shuffled") },
  votes: (/** @type {number} */ n) => tn("{count} vote", "{count} votes", n),
  voteFor: (/** @type {string} */ title) => t("Vote for {title}", { title }),
  autofilled: t("picked by the room"),
  undone: t("Undone"),
  history: {
    nothing: t("Nothing found."),
    skipped: t("skipped"),
    failed: t("could not be played"),
    removed: t("removed"),
    again: (/** @type {string} */ title) => t("Queue {title} again", { title }),
  },

  chosen: {
    count: (/** @type {number} */ n) => tn("{count} chosen", "{count} chosen", n),
    kept: (/** @type {number} */ n, /** @type {string} */ list) => tn("{count} track added to {list}", "{count} tracks added to {list}", n, { list }),
    noList: t("You have no list yet; save the queue as one first."),
  },
  log: {
    nothing: t("Nothing yet."),
    undone: t("undone"),
    undo: (/** @type {string} */ deed) => t("Undo: {deed}", { deed }),
  },

  addedBy: (/** @type {string} */ name) => t("added by {name}", { name }),
  playNow: (/** @type {string} */ title) => t("Play {title} now", { title }),
  more: (/** @type {string} */ title) => t("More about {title}", { title }),
  position: (/** @type {string} */ at, /** @type {string} */ of) => (of ? t("{at} of {of}", { at, of }) : at),
  drift: (/** @type {number} */ ms) => t("{ms} ms", { ms }),
  played: (/** @type {number} */ n) => tn("{count} played", "{count} played", n),
  othersHear: (/** @type {number} */ n) => tn("One other is here and may hear it.", "{count} others are here and may hear it.", n),
  nobodyElse: t("Nobody else is here."),
  guestsInside: (/** @type {number} */ n) =>
    tn("{count} guest is here who is no member. What becomes of them?", "{count} guests are here who are no members. What becomes of them?", n),
  others: (/** @type {number} */ n) => tn("and one more", "and {count} more", n),
  addedHere: (/** @type {number} */ n) => tn("Added to the queue.", "Added {count} tracks to the queue.", n),

  favourite: t("Keep among your favourites"),
  unfavourite: t("Among your favourites; take it out"),
  tracks: (/** @type {number} */ n) => tn("{count} track", "{count} tracks", n),
  loadList: (/** @type {string} */ name) => t("Add all of {name} to the queue", { name }),
  ownersList: t("A list of the owner"),
  renameList: (/** @type {string} */ name) => t("Rename {name}", { name }),
  listSaved: (/** @type {string} */ name) => t("The queue is saved as {name}.", { name }),

  ahead: (/** @type {number} */ ms) => {
    if (!ms) return t("exactly with the room");
    return ms > 0 ? t("{ms} ms ahead", { ms }) : t("{ms} ms behind", { ms: -ms });
  },

  did: {
    skipped: (/** @type {string} */ who, /** @type {string} */ title) => t("{who} skipped {title}", { who, title }),
    wentBack: (/** @type {string} */ who, /** @type {string} */ title) => t("{who} went back to {title}", { who, title }),
    chose: (/** @type {string} */ who, /** @type {string} */ title) => t("{who} chose {title}", { who, title }),
    paused: (/** @type {string} */ who) => t("{who} paused", { who }),
    played: (/** @type {string} */ who) => t("{who} pressed play", { who }),
    moved: (/** @type {string} */ who, /** @type {string} */ at) => t("{who} went to {at}", { who, at }),
    added: (/** @type {string} */ who, /** @type {string} */ title) => t("{who} added {title}", { who, title }),
    addedMany: (/** @type {string} */ who, /** @type {number} */ n) => tn("{who} added {count} track", "{who} added {count} tracks", n, { who }),
  },

  chat: {
    send: t("Send"),
    save: t("Save"),
    edited: t("(edited)"),
    newest: t("Newest messages"),
    newer: (/** @type {number} */ n) => tn("{count} new message", "{count} new messages", n),
    more: (/** @type {string} */ name) => t("More about this message by {name}", { name }),
  },

  notices: {
    votedOff: (/** @type {string} */ title) => t("{title} was skipped by a vote", { title }),
    passedOver: (/** @type {string} */ title, /** @type {string} */ why) => t("{title} was passed over. {why}", { title, why }),
    /** @type {Record<string, (who: string) => string>} */
    came: {
      owner: (who) => t("{who} owns the room now", { who }),
      host: (who) => t("{who} is a host now", { who }),
      member: (who) => t("{who} is a member now", { who }),
    },
    /** @type {Record<string, (who: string, name: string) => string>} */
    made: {
      owner: (who, name) => t("{who} handed the room over to {name}", { who, name }),
      host: (who, name) => t("{who} made {name} a host", { who, name }),
      member: (who, name) => t("{who} made {name} a member", { who, name }),
      guest: (who, name) => t("{who} took the role of {name} back", { who, name }),
    },
  },

  problems: {
    offline: t("The room cannot be reached right now. Try again in a moment."),
    unknown: t("That did not work. Try again in a moment."),
    noLink: t("Paste a link first, such as https://youtu.be/…"),
    unplayable: (/** @type {string} */ title, /** @type {string} */ why) => t("{title}: {why}", { title, why }),
  },
};
