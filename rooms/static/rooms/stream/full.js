const GIVE_UP_MS = 10_000;

/**
 * Whether a stream is refused because there is no place left; an EventSource is not told why it is.
 *
 * @param {string} url
 * @returns {Promise<boolean>}
 */
export async function isFull(url) {
  const leaving = new AbortController();
  const giveUp = setTimeout(() => leaving.abort(), GIVE_UP_MS);
  try {
    const headers = { accept: "text/event-stream" };
    return (await fetch(url, { cache: "no-store", headers, signal: leaving.signal })).status === 429;
  } catch {
    return false;
  } finally {
    clearTimeout(giveUp);
    leaving.abort();
  }
}
