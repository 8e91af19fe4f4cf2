/**
 * The shapes of what the API and the stream tell, for type checks alone: nothing imports this file at run time.
 *
 * @typedef {{id: string, name: string}} Named a person, by the id that this room alone knows
 *
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} url
 * @property {string} provider "youtube", "direct" or "library"
 * @property {string} media_id
 * @property {string} title
 * @property {string} artist
 * @property {number | null} length_ms
 * @property {boolean} is_live whether it has no end, as a radio station
 * @property {string} artwork_url
 * @property {Named | null} added_by
 * @property {number} votes
 * @property {number | null} start_ms
 * @property {number | null} end_ms
 * @property {boolean} [autofilled] whether the room added it by itself, from what played before
 * @property {string} [album]
 * @property {string} [media_type] as "audio/mpeg"; "" where it is not known
 * @property {string} [unplayable] why nobody can play it; "" if they can
 *
 * @typedef {object} Player
 * @property {number} version
 * @property {number | null} entry_id
 * @property {boolean} playing
 * @property {number} position_ms
 * @property {number} rate
 * @property {number} effective_at_ms
 * @property {Entry | null} entry
 * @property {{votes: number, needed: number}} [skip] the voices for skipping it
 * @property {string} [now_playing] what the radio station that plays says it plays
 * @property {boolean} ended whether the queue came to its end, so that what is added next plays by itself
 *
 * @typedef {object} Person
 * @property {string} id of this room alone
 * @property {string} name
 * @property {"guest" | "member" | "host" | "owner"} role
 * @property {"listening" | "silent" | "buffering" | "away"} state
 * @property {boolean | null} is_you null where all are told the same
 * @property {boolean} muted
 * @property {number} since_ms
 *
 * @typedef {{listeners: number, items: Person[] | null}} People items are null in a crowd
 *
 * @typedef {object} Message
 * @property {number} id
 * @property {string} person the id of who wrote it, in this room
 * @property {string} name
 * @property {string} text
 * @property {number} sent_at_ms
 * @property {number | null} edited_at_ms
 *
 * @typedef {object} Played
 * @property {number} id
 * @property {Entry} entry
 * @property {Named | null} added_by
 * @property {number} played_at_ms
 * @property {"ended" | "skipped" | "failed" | "removed"} outcome
 *
 * @typedef {object} Found a track that a search found
 * @property {string} url
 * @property {string} provider
 * @property {string} media_id
 * @property {string} title
 * @property {string} artist
 * @property {number | null} length_ms
 * @property {string} artwork_url
 * @property {string} source "history", "list", "library" or "youtube"
 *
 * @typedef {{items: Found[], unsearched: {source: string, reason: string}[]}} Search
 *
 * What somebody did in the room; `undoable` is what an undo of one's own would undo.
 * @typedef {object} Deed
 * @property {number} id
 * @property {number} version
 * @property {number} at_ms
 * @property {{id: string | null, name: string}} by
 * @property {string} kind
 * @property {string} title of the entry that it was done to
 * @property {number} count
 * @property {string} of
 * @property {string} role
 * @property {string} reason
 * @property {boolean} undone
 * @property {boolean} undoable
 *
 * @typedef {object} State
 * @property {number} version
 * @property {Record<string, any>} room
 * @property {Player} player
 * @property {Entry[]} queue
 * @property {Message[]} chat the newest messages, the oldest of them first
 * @property {People} people
 * @property {{before: number, behind: number}} [beyond] how many entries of the queue a page was not delivered with
 * @property {number | null} advance_at_ms the instant at which the server goes on to the next track by itself
 */

export {};
