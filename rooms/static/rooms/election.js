import { ChannelElection } from "./channel_election.js";
import { LockElection } from "./lock_election.js";

/**
 * Whoever stands for election among the tabs of this browser.
 * @typedef {object} Candidate
 * @property {() => void} won called when this tab leads
 * @property {() => void} lost called when another tab has taken the lead from this one, which goes on to stand
 *
 * @typedef {object} Election
 * @property {() => void} stand lead as soon as nobody else does
 * @property {() => void} seize lead at once, since whoever led does not answer
 * @property {() => void} withdraw lead no more, and stand no more
 */

/**
 * The election called `name`: one tab leads, and another follows when it is gone.
 * @param {string} name
 * @param {Candidate} candidate
 * @returns {Election}
 */
export function electionOf(name, candidate) {
  // Browsers have locks only in secure contexts; most rooms at home are reached by plain HTTP.
  return navigator.locks ? new LockElection(name, candidate) : new ChannelElection(name, candidate);
}

/**
 * An election that everybody wins.
 * @param {Candidate} candidate
 * @returns {Election}
 */
export function alone({ won }) {
  return { stand: won, seize() {}, withdraw() {} };
}
