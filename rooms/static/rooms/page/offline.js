import { reopenAfterMs } from "./lib/backoff.js";

const GIVE_UP_MS = 5_000;
let failures = 0;

/** This page stands where another should be: it gives way as soon as the server answers. */
async function look() {
  if (await isBack()) comeBack();
  else setTimeout(look, reopenAfterMs(failures++));
}

async function isBack() {
  try {
    const answer = await fetch("/api/v1/time", { cache: "no-store", signal: AbortSignal.timeout(GIVE_UP_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

function comeBack() {
  if (location.pathname === "/offline") location.replace("/");
  else location.reload();
}

window.addEventListener("online", comeBack);
void look();
