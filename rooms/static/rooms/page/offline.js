import { waitUntil } from "./lib/backoff.js";

const GIVE_UP_MS = 5_000;

/** The page that the service worker shows without a network gives way to the one asked for once the server answers. */
async function isBack() {
  return (await fetch("/api/v1/time", { cache: "no-store", signal: AbortSignal.timeout(GIVE_UP_MS) })).ok;
}

function comeBack() {
  if (location.pathname === "/offline") location.replace("/");
  else location.reload();
}

window.addEventListener("online", comeBack);
void isBack()
  .catch(() => false)
  .then((back) => (back ? comeBack() : waitUntil(isBack, comeBack)));
