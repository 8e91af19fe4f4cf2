/**
 * What the server tells, as types.
 *
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} url
 * @property {string} provider
 * @property {string} media_id
 * @property {string} title
 * @property {string} artist
 * @property {number | null} length_ms
 * @property {string} artwork_url
 * @property {string | null} added_by
 * @property {number} votes
 * @property {number | null} start_ms
 * @property {number | null} end_ms
 * @property {string} unplayable why nobody can play it, as a sentence; empty if nothing is wrong
 *
 * @typedef {object} Player
 * @property {number} version
 * @property {number | null} entry_id
 * @property {boolean} playing
 * @property {number} position_ms
 * @property {number} rate
 * @property {number} effective_at_ms
 * @property {Entry | null} entry
 * @property {string | null} [by] the nickname of who acted; null when nobody did
 *
 * @typedef {object} Rules
 * @property {string} control
 * @property {string} add
 * @property {string} at_end
 *
 * @typedef {object} RoomInfo
 * @property {string} slug
 * @property {string} name
 * @property {string} visibility
 * @property {Rules} rules
 * @property {string[]} hosts
 *
 * @typedef {object} People
 * @property {number} listeners
 * @property {string[]} names
 *
 * @typedef {object} State
 * @property {number} version
 * @property {RoomInfo} room
 * @property {Player} player
 * @property {Entry[]} queue
 * @property {People} people
 *
 * @typedef {object} Status
 * @property {'empty' | 'loading' | 'waiting' | 'playing' | 'paused' | 'blocked' | 'alone' | 'hold' | 'unplayable'} phase
 * @property {number | null} driftMs
 * @property {number} roomPositionMs
 * @property {number | null} positionMs
 * @property {number | null} lengthMs
 * @property {number} rate
 * @property {boolean} hasPicture
 */

export {};
