/** What the stream asks by ordinary requests: the snapshot of a room, and why its stream was refused. */

const GIVE_UP_MS = 10_000;

/** The reason that a `bye` would have given, by status. @type {Record<number, string>} */
const REASONS = { 401: "right withdrawn", 403: "right withdrawn", 404: "gone" };
const TOO_MANY = 429;

/** The server does not let this listener in, and asking again is of no use. */
export class AccessLost extends Error {
  /** @param {string} reason as a `bye` gives it */
  constructor(reason) {
    super(`The room may not be read any more: ${reason}.`);
    this.reason = reason;
  }
}

/**
 * The whole room, at one version.
 * @param {string} url
 * @throws {AccessLost} if asking again is of no use; any other error may pass
 */
export async function fetchSnapshot(url) {
  const response = await ask(url, "application/json");
  if (response.status in REASONS) throw new AccessLost(REASONS[response.status]);
  if (!response.ok) throw new Error(`The snapshot was answered with ${response.status}; 200 is expected.`);
  return response.json();
}

/**
 * Whether a stream is refused because all places are taken. An EventSource is not told the status of its answer.
 * @param {string} url
 * @returns {Promise<boolean>}
 */
export async function isFull(url) {
  try {
    const response = await ask(url, "text/event-stream");
    // If it was let in after all, this stream is not wanted: it would take a place of its own.
    void response.body?.cancel().catch(() => {});
    return response.status === TOO_MANY;
  } catch {
    return false;
  }
}

/**
 * @param {string} url
 * @param {string} accept
 */
function ask(url, accept) {
  return fetch(url, { cache: "no-store", headers: { accept }, signal: AbortSignal.timeout(GIVE_UP_MS) });
}
