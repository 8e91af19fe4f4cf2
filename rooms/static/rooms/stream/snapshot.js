const GIVE_UP_MS = 10_000;

/** @type {Record<number, string>} */
const REFUSALS = { 401: "right withdrawn", 403: "right withdrawn", 404: "gone" };

/** The server will not let this listener in, now or later. */
export class Refused extends Error {
  /** @param {string} reason the word that a `bye` would have brought */
  constructor(reason) {
    super(`The room may not be read any more: ${reason}.`);
    this.reason = reason;
  }
}

/**
 * The whole room, at one version.
 * @param {string} url
 * @throws {Refused} if asking again is of no use; any other error may pass
 */
export async function fetchSnapshot(url) {
  const headers = { accept: "application/json" };
  const response = await fetch(url, { cache: "no-store", headers, signal: AbortSignal.timeout(GIVE_UP_MS) });
  if (response.status in REFUSALS) throw new Refused(REFUSALS[response.status]);
  if (!response.ok) throw new Error(`The snapshot was answered with ${response.status}; 200 is expected.`);
  return response.json();
}
