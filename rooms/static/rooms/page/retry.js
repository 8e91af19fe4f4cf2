import { reopenAfterMs } from "./lib/backoff.js";

const UNAVAILABLE = 503;
const GIVE_UP_MS = 5_000;
let failures = 0;

/** Load the page again once it can be shown, not at intervals: nobody's reading or focus is disturbed for nothing. */
async function look() {
  if (await isBack()) location.reload();
  else lookLater();
}

function lookLater() {
  setTimeout(look, reopenAfterMs(failures++));
}

async function isBack() {
  try {
    const asked = { method: "HEAD", cache: /** @type {const} */ ("no-store"), signal: AbortSignal.timeout(GIVE_UP_MS) };
    return (await fetch(location.href, asked)).status !== UNAVAILABLE;
  } catch {
    return false;
  }
}

lookLater();
