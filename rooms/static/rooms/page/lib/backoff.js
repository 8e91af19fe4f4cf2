const FIRST_MS = 1_000;
const STEP_MS = 2_000;
const LONGEST_MS = 30_000;

/**
 * Backoff with jitter: the wait before the next attempt after `failures` in a row, different for each client that lost
 * the same server.
 * @param {number} failures
 * @param {number} random from 0 up to 1
 */
export function reopenAfterMs(failures, random = Math.random()) {
  return Math.min(LONGEST_MS, (FIRST_MS + STEP_MS * failures) * (0.5 + random));
}

/**
 * Call `act` once `isThere` says yes, asked after growing waits.
 * @param {() => Promise<boolean>} isThere
 * @param {() => void} act
 */
export function waitUntil(isThere, act, failures = 0) {
  setTimeout(async () => {
    if (await isThere().catch(() => false)) act();
    else waitUntil(isThere, act, failures + 1);
  }, reopenAfterMs(failures));
}
