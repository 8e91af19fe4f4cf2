/**
 * Interfaces of leader election among tabs, for type checks alone: nothing imports this file at run time.
 *
 * A tab that takes part.
 * @typedef {object} Candidate
 * @property {() => void} won called when this tab leads
 * @property {() => void} lost called when another tab has taken the lead from this one, which goes on to stand
 *
 * @typedef {object} Election
 * @property {() => void} stand lead as soon as nobody else does
 * @property {() => void} seize lead at once, since the leader does not answer
 * @property {() => void} withdraw lead no more, and stand no more
 */

export {};
