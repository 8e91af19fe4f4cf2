import { waitUntil } from "./lib/backoff.js";

const UNAVAILABLE = 503;
const GIVE_UP_MS = 5_000;

/** The page for a database that is down reloads once the server can show what was asked for. */
async function isBack() {
  const asked = { method: "HEAD", cache: /** @type {const} */ ("no-store"), signal: AbortSignal.timeout(GIVE_UP_MS) };
  return (await fetch(location.href, asked)).status !== UNAVAILABLE;
}

// Not at fixed intervals: a reload that shows the same page again would take reading and focus from its reader.
waitUntil(isBack, () => location.reload());
