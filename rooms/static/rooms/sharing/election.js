import { ChannelElection } from "./channel_election.js";
import { LockElection } from "./lock_election.js";

/**
 * @typedef {import("./candidate.js").Candidate} Candidate
 * @typedef {import("./candidate.js").Election} Election
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
 * An election without others, for browsers in which tabs cannot speak to each other.
 * @param {Candidate} candidate
 * @returns {Election}
 */
export function alone({ won }) {
  return { stand: won, seize() {}, withdraw() {} };
}
