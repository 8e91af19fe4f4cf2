/** Everything that the page's scripts say. */
export const words = {
  play: "Play",
  pause: "Pause",
  playHere: "Play, for you only",
  pauseHere: "Pause, for you only",
  backToLive: "Back to live",
  listen: "Listen",
  mute: "Mute",
  unmute: "Unmute",
  add: "Add",
  adding: "Adding…",
  copy: "Copy",
  copied: "Copied",
  linkCopied: "The link is copied.",
  you: "you",
  hostBadge: "host",
  saved: "Saved",
  somebody: "Someone",

  connection: { live: "Live", "catching-up": "Catching up", lost: "Lost" },
  lost: { title: "Lost the connection.", text: "The music goes on; catching up…" },
  blocked: { title: "Your browser blocked the sound.", text: "Tap to listen." },
  alone: { title: "You paused.", text: "The room plays on." },
  hold: { title: "Your player is waiting.", text: "An ad or a slow connection; it catches up by itself." },
  unplayable: { title: "This one cannot play here.", text: "The next one may." },
  rules: { title: "The rules of this room changed.", text: "Load the page again to see what you can do." },
  reload: "Reload",
  openThere: "Open it there",

  sync: {
    loading: "Loading",
    waiting: "Starting together",
    playing: "In step",
    weak: "Roughly in step",
    adjusting: "Getting in step",
    paused: "Paused",
    blocked: "No sound yet",
    alone: "On your own",
    hold: "Waiting",
    unplayable: "Not playing",
    empty: "",
  },

  farewell: {
    closed: { title: "The room is closed", text: "A host closed it. Thank you for listening." },
    kicked: {
      title: "You were asked to leave",
      text: "A host ended your visit. You may come back in by the link.",
    },
    banned: { title: "You can no longer come in", text: "A host of this room decided so." },
    "right withdrawn": { title: "This room is private now", text: "Ask its host for an invitation." },
    replaced: {
      title: "You listen elsewhere",
      text: "You have this room open so many times that this page gave way. Reload it to listen here.",
    },
    gone: { title: "The room is gone", text: "It was closed, or you may no longer come in." },
  },

  nothingPlays: "Nothing plays yet",
  ready: "Ready when you are",
  readyText: "Everyone here hears it start at the same moment.",
  waitingForHost: (/** @type {string} */ host) => `${host || "A host"} can start the music`,
  waitingText: "Stay here, it begins by itself.",

  addedBy: (/** @type {string} */ name) => `added by ${name}`,
  playNow: (/** @type {string} */ title) => `Play ${title} now`,
  more: (/** @type {string} */ title) => `More about ${title}`,
  position: (/** @type {string} */ at, /** @type {string} */ of) => (of ? `${at} of ${of}` : at),
  drift: (/** @type {number} */ ms) => `${ms} ms`,
  played: (/** @type {number} */ n) => `${n} played`,
  others: (/** @type {number} */ n) => (n === 1 ? "and one more" : `and ${n} more`),
  addedHere: (/** @type {number} */ n) =>
    n === 1 ? "Added to the queue." : `Added ${n} tracks to the queue.`,

  ahead: (/** @type {number} */ ms) =>
    ms ? `${Math.abs(ms)} ms ${ms > 0 ? "ahead" : "behind"}` : "exactly with the room",

  did: {
    skipped: (/** @type {string} */ who, /** @type {string} */ title) => `${who} skipped ${title}`,
    wentBack: (/** @type {string} */ who, /** @type {string} */ title) => `${who} went back to ${title}`,
    chose: (/** @type {string} */ who, /** @type {string} */ title) => `${who} chose ${title}`,
    paused: (/** @type {string} */ who) => `${who} paused`,
    played: (/** @type {string} */ who) => `${who} pressed play`,
    moved: (/** @type {string} */ who, /** @type {string} */ at) => `${who} went to ${at}`,
    added: (/** @type {string} */ who, /** @type {string} */ title) => `${who} added ${title}`,
    addedMany: (/** @type {string} */ who, /** @type {number} */ n) => `${who} added ${n} tracks`,
  },

  problems: {
    offline: "The room cannot be reached right now. Try again in a moment.",
    unknown: "That did not work. Try again in a moment.",
    noLink: "Paste a link first, such as https://youtu.be/…",
    unplayable: (/** @type {string} */ title, /** @type {string} */ why) => `${title}: ${why}`,
  },
};
