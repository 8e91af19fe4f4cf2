/** Where the pages' scripts lie: imported as they are, without a build. */
export const rooms = (path) => import(new URL(`../../../rooms/static/rooms/${path}`, import.meta.url));
export const players = (path) => import(new URL(`../../../players/static/players/${path}`, import.meta.url));

/** Rounded to so many digits behind the point. */
export const rounded = (number, digits = 0) => Math.round(number * 10 ** digits) / 10 ** digits;

/** The same numbers for the same seed (mulberry32): from 0 up to 1. */
export function randomOf(seed) {
  let state = (seed * 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
