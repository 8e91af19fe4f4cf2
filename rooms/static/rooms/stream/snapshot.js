/** What the stream asks by ordinary requests: the snapshot of a room, and why its stream was refused. */

const GIVE_UP_MS = 10_000;

/** The reason that a `bye` would have given, by status. @type {Record<number, string>} */
const REASONS = { 401: "right withdrawn", 403: "right withdrawn", 404: "gone" };
const UNCHANGED = 304;
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
  return (await fetchNewer(url, "")).snapshot;
}

/**
 * The whole room, unless it is as it was when it had the ETag `known`.
 * @param {string} url
 * @param {string} known
 * @returns {Promise<{etag: string, snapshot: any}>} null as the snapshot if nothing changed
 * @throws {AccessLost} as `fetchSnapshot` does
 */
export async function fetchNewer(url, known) {
  const response = await ask(url, "application/json", known ? { "If-None-Match": known } : {});
  if (response.status === UNCHANGED) return { etag: known, snapshot: null };
  if (response.status in REASONS) throw new AccessLost(REASONS[response.status]);
  if (!response.ok) throw new Error(`The snapshot was answered with ${response.status}; 200 is expected.`);
  return { etag: response.headers.get("ETag") ?? "", snapshot: await response.json() };
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
 * @param {Record<string, string>} [headers]
 */
function ask(url, accept, headers = {}) {
  return fetch(url, { cache: "no-store", headers: { accept, ...headers }, signal: AbortSignal.timeout(GIVE_UP_MS) });
}
