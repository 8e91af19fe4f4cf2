import { readRecord, storeRecord } from "./stored_record.js";

/**
 * @typedef {"tight" | "normal" | "loose" | "off"} Tightness how closely a player follows the room
 *
 * How one listener likes to listen, kept in their browser.
 * @typedef {object} Preferences
 * @property {boolean} muted
 * @property {number} volume from 0 to 1
 * @property {Tightness} tightness how closely to follow the room
 * @property {number} nudgeMs how far ahead of the room to be: what loudspeakers far away need
 */

const KEY = "musicrooms.listening";

/** @type {Preferences} */
const INITIAL = { muted: false, volume: 1, tightness: "normal", nudgeMs: 0 };

/**
 * @param {Storage} [storage]
 * @returns {Preferences} saved whenever one of them is set
 */
export function preferences(storage) {
  return new Proxy(readRecord(storage, KEY, INITIAL), {
    set(record, name, value) {
      Reflect.set(record, name, value);
      storeRecord(storage, KEY, record);
      return true;
    },
  });
}
