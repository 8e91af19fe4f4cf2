// What each event makes of the state that a listener knows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rooms } from "./static.mjs";

const { apply } = await rooms("stream/state.js");

const entry = (id, fields = {}) => ({ id, title: `Track ${id}`, length_ms: null, ...fields });

function player(version, fields = {}) {
  const state = { playing: true, position_ms: 0, rate: 1, effective_at_ms: 1_000, entry_id: 1, entry: entry(1), ended: false };
  return { version, ...state, ...fields };
}

const stateAt = (version) => ({
  version,
  room: { name: "Lounge", created_at_ms: 7 },
  player: player(version),
  queue: [entry(1), entry(2), entry(3)],
  chat: [],
  people: { listeners: 2, items: [{ id: "a", name: "Alice" }, { id: "b", name: "Bob" }] },
  advance_at_ms: null,
});

const same = ({ state, gap }, expected, isGap = false) => assert.deepEqual([state, gap], [expected, isGap]);

// The rule of versions

const RULE = [
  ["the next one is applied", 11, 10, 11, false],
  ["several that became one are applied", 14, 10, 14, false],
  ["one that reaches back further is applied too", 11, 8, 11, false],
  ["what is known is ignored", 10, 9, 10, false],
  ["what is old is ignored", 3, 2, 10, false],
  ["what follows something unknown is a gap", 12, 11, 10, true],
];
const CHANGES = {
  player: player(0, { position_ms: 5 }),
  room: { room: { name: "Salon", created_at_ms: 7 } },
  queue: { op: "remove", entry_id: 2 },
};

for (const [name, change] of Object.entries(CHANGES)) {
  for (const [claim, version, prev, becomes, isGap] of RULE) {
    test(`of ${name}: ${claim}`, () => {
      const { state, gap } = apply(stateAt(10), name, { ...change, version, prev });
      assert.deepEqual([state.version, gap], [becomes, isGap]);
      if (becomes === 10) assert.deepEqual(state, stateAt(10));
    });
  }
}

test("an event changes no state that was told before", () => {
  for (const [name, change] of Object.entries(CHANGES)) {
    const before = stateAt(10);
    apply(before, name, { ...change, version: 11, prev: 10 });
    assert.deepEqual(before, stateAt(10), name);
  }
});

test("before the first snapshot everything is a gap", () => {
  same(apply(null, "player", { ...player(1), prev: 0 }), null, true);
});

for (const name of ["tick", "resumed"]) {
  test(`a beat shows a gap and changes nothing: ${name}`, () => {
    for (const [version, isGap] of [[10, false], [11, true], [9, false]]) {
      same(apply(stateAt(10), name, { version, server_now_ms: 1 }), stateAt(10), isGap);
    }
  });
}

// Snapshots

test("a snapshot is taken whole", () => {
  const told = { ...stateAt(12), server_now_ms: 5, advance_at_ms: null, prev: 10, by: "Alice" };
  same(apply(null, "snapshot", told), stateAt(12));
  same(apply(stateAt(10), "snapshot", told), stateAt(12));
});

test("a snapshot that is told to all leaves who is there", () => {
  const { people, ...told } = stateAt(12);
  assert.deepEqual(apply(stateAt(10), "snapshot", told).state.people, people);
});

test("nobody is taken backwards by a snapshot", () => {
  same(apply(stateAt(10), "snapshot", stateAt(9)), stateAt(10));
});

test("a new room of the same name starts from its own beginning", () => {
  const told = { ...stateAt(2), room: { name: "Lounge", created_at_ms: 8 } };
  same(apply(stateAt(57), "snapshot", told), told);
});

// The player

test("a player is taken whole and without what only the event says", () => {
  const told = player(11, { playing: false, position_ms: 777, entry_id: 2, entry: entry(2) });
  const { state } = apply(stateAt(10), "player", { ...told, prev: 10, by: "Alice", advance_at_ms: 5 });
  assert.deepEqual(state.player, told);
});

// The queue

const FITTING = [
  [{ op: "add", entry: entry(9), after: 3 }, [1, 2, 3, 9]],
  [{ op: "add", entry: entry(9), after: 1 }, [1, 9, 2, 3]],
  [{ op: "add", entry: entry(9), after: null }, [9, 1, 2, 3]],
  [{ op: "add", entries: [entry(8), entry(9)], after: 2 }, [1, 2, 8, 9, 3]],
  [{ op: "add", entries: [], after: 2 }, [1, 2, 3]],
  [{ op: "move", entry_id: 3, after: null }, [3, 1, 2]],
  [{ op: "move", entry_id: 1, after: 3 }, [2, 3, 1]],
  [{ op: "move", entry_id: 1, after: 2 }, [2, 1, 3]],
  [{ op: "remove", entry_id: 2 }, [1, 3]],
  [{ op: "update", entry: entry(2, { title: "New" }) }, [1, 2, 3]],
  [{ op: "replace", entries: [entry(5)] }, [5]],
  [{ op: "replace", entries: [] }, []],
  [{ op: "order", ids: [3, 1, 2] }, [3, 1, 2]],
  [{ op: "order", ids: [3, 2] }, [3, 2]],
  [{ op: "order", ids: [3, 9, 1, 2], entry: entry(9) }, [3, 9, 1, 2]],
];

for (const [change, becomes] of FITTING) {
  test(`a change of the queue: ${JSON.stringify(change)}`, () => {
    const { state, gap } = apply(stateAt(10), "queue", { ...change, version: 11, prev: 10 });
    assert.deepEqual([state.queue.map(({ id }) => id), gap, state.version], [becomes, false, 11]);
  });
}

const UNFITTING = [
  { op: "add", entry: entry(9), after: 99 },
  { op: "move", entry_id: 99, after: 1 },
  { op: "move", entry_id: 1, after: 99 },
  { op: "move", entry_id: 1, after: 1 },
  { op: "remove", entry_id: 99 },
  { op: "update", entry: entry(99) },
  { op: "order", ids: [3, 99] },
  { op: "shuffle" },
  { op: "constructor" },
];

for (const change of UNFITTING) {
  test(`a change that does not fit is a gap: ${JSON.stringify(change)}`, () => {
    same(apply(stateAt(10), "queue", { ...change, version: 11, prev: 10 }), stateAt(10), true);
  });
}

test("what its votes moved is told with them", () => {
  const change = { op: "move", entry_id: 3, after: 1, entry: entry(3, { votes: 2 }), version: 11, prev: 10 };
  const { state } = apply(stateAt(10), "queue", change);
  assert.deepEqual(state.queue.map(({ id, votes }) => [id, votes ?? 0]), [[1, 0], [3, 2], [2, 0]]);
});

test("an update reaches the queue and the player that plays it", () => {
  const change = { op: "update", entry: entry(1, { length_ms: 5 }), version: 11, prev: 10 };
  const { state } = apply(stateAt(10), "queue", change);
  assert.deepEqual([state.queue[0].length_ms, state.player.entry.length_ms], [5, 5]);
});

test("an update of another entry leaves the player", () => {
  const change = { op: "update", entry: entry(2, { length_ms: 5 }), version: 11, prev: 10 };
  assert.deepEqual(apply(stateAt(10), "queue", change).state.player, player(10));
});

// People, and what is not known

test("people have no version", () => {
  const people = { listeners: 5_000, items: [] };
  same(apply(stateAt(10), "people", people), { ...stateAt(10), people });
});

test("an unknown event changes nothing", () => {
  same(apply(stateAt(10), "toString", { version: 11, prev: 10 }), stateAt(10));
});

test("every change brings the instant at which the server goes on", () => {
  const removed = { version: 3, prev: 2, op: "remove", entry_id: 2, advance_at_ms: 7_000 };
  let { state } = apply(stateAt(2), "queue", removed);
  assert.equal(state.advance_at_ms, 7_000);
  ({ state } = apply(state, "people", { listeners: 1, items: [] }));
  assert.equal(state.advance_at_ms, 7_000);
  ({ state } = apply(state, "room", { version: 4, prev: 3, room: { name: "Lounge" } }));
  assert.equal(state.advance_at_ms, null);
});
