import { language } from "../../i18n/translate.js";
import { element } from "../lib/dom.js";
import { hueOf } from "../lib/format.js";
import { words } from "../lib/words.js";
import { piecesOf } from "./message_text.js";

/** @typedef {import("./chat_window.js").Line} Line */

/** Made with the first message: making one costs more than all that it writes. @type {Intl.DateTimeFormat | undefined} */
let clock;

/** Within this time what one person says stands below one name. */
const TOGETHER_MS = 5 * 60_000;

/**
 * What a row depends on beside its line.
 *
 * @typedef {object} Around
 * @property {string} me the id of the reader
 * @property {string[]} names of those who may be mentioned
 * @property {string} myName
 */

/**
 * Whether a line goes on with what the one before it says.
 *
 * @param {Line} line
 * @param {Line | undefined} before
 * @returns {boolean}
 */
export function goesOn(line, before) {
  if (!before || line.notice || before.notice) return false;
  const isSame = line.person === before.person && line.name === before.name;
  return isSame && line.sent_at_ms - before.sent_at_ms < TOGETHER_MS;
}

/**
 * The element of one line. Whatever people wrote becomes text nodes, never markup.
 *
 * @param {Line} line
 * @param {boolean} isContinued
 * @param {Around} around
 * @returns {HTMLElement}
 */
export function rowOf(line, isContinued, around) {
  if (line.notice) return noticeOf(line);
  const row = element("div", "message");
  row.dataset.id = String(line.id);
  if (line.person === around.me) row.dataset.mine = "";
  const body = element("div", "message-body");
  const text = textOf(line, around);
  if (text.querySelector("[data-me]")) row.dataset.mention = "";
  if (isContinued) row.dataset.continued = "";
  body.append(headOf(line), text);
  row.append(faceOf(line), body);
  row.append(menuButton(line));
  return row;
}

/** A quiet line. A toast has said it already, to those who listen to the page too. @param {Line} line */
function noticeOf(line) {
  const notice = element("p", "chat-notice small", line.text, "auto");
  notice.setAttribute("aria-hidden", "true");
  return notice;
}

/** The page's language as the reader's country writes it, with its way to tell the time. */
function ownLanguage() {
  return navigator.languages.find((one) => one.startsWith(language)) ?? language;
}

/** @param {Line} line */
function faceOf(line) {
  const face = element("span", "face", [...line.name][0]?.toUpperCase() ?? "");
  face.style.setProperty("--own-hue", String(hueOf(line.name)));
  face.setAttribute("aria-hidden", "true");
  return face;
}

/** @param {Line} line */
function headOf(line) {
  const head = element("p", "message-head");
  const time = document.createElement("time");
  const at = new Date(line.sent_at_ms);
  time.className = "small";
  time.dateTime = at.toISOString();
  clock ??= new Intl.DateTimeFormat(ownLanguage(), { hour: "numeric", minute: "2-digit" });
  time.title = at.toLocaleString(ownLanguage());
  time.textContent = clock.format(at);
  head.append(element("bdi", "message-name clip", line.name), time);
  return head;
}

/**
 * @param {Line} line
 * @param {Around} around
 */
function textOf(line, { names, myName }) {
  const text = element("p", "message-text", "", "auto");
  for (const piece of piecesOf(line.text, names)) {
    if (piece.href) text.append(linkTo(piece.href, piece.text));
    else if (piece.mention) text.append(mentionOf(piece.text, myName));
    else text.append(piece.text);
  }
  if (line.edited_at_ms !== null) text.append(" ", element("span", "small", words.chat.edited));
  return text;
}

/**
 * @param {string} href
 * @param {string} shown
 */
function linkTo(href, shown) {
  const link = document.createElement("a");
  link.href = href;
  link.rel = "noopener noreferrer nofollow ugc";
  link.target = "_blank";
  link.textContent = shown;
  return link;
}

/**
 * @param {string} shown
 * @param {string} myName
 */
function mentionOf(shown, myName) {
  const mention = element("span", "mention", shown);
  if (shown.slice(1).toLowerCase() === myName.toLowerCase()) mention.dataset.me = "";
  return mention;
}

/** @param {Line} line */
function menuButton(line) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "message-more";
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-label", words.chat.more(line.name));
  button.append(icon("more"));
  return button;
}

/** @param {string} name */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}
