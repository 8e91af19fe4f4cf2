/**
 * Service worker: shows an offline page where a page cannot be had for want of a network. It touches nothing else:
 * calls, streams, media, files and the admin go their way as if it were not there.
 *
 * The server writes the version before this text; another one makes browsers install anew.
 *
 * @typedef {Event & {
 *   waitUntil: (work: Promise<unknown> | undefined) => void,
 *   addRoutes?: (routes: object[]) => Promise<void>,
 * }} LifeEvent
 * @typedef {Event & {
 *   request: Request,
 *   preloadResponse: Promise<Response | undefined>,
 *   respondWith: (answer: Promise<Response>) => void,
 * }} Fetched
 * @typedef {{
 *   VERSION: string,
 *   registration: ServiceWorkerRegistration,
 *   skipWaiting: () => Promise<void>,
 *   addEventListener: (name: string, listener: (event: any) => void) => void,
 * }} Scope
 */

const scope = /** @type {Scope} */ (/** @type {unknown} */ (self));
const CACHE = `musicrooms ${scope.VERSION}`;
const OFFLINE = "/offline";
/** What the kept page needs is asked for with this query, so that it is known without looking into the cache. */
const KEPT = "?offline";
const NO_PAGES = /^\/(?:admin|api|media|static)\/|\.\w+$|^\/oembed$/;

/** Static routes: browsers that know them do not wake the worker for these paths; in others it lets them pass. */
const PAST_THIS_FILE = [
  { pathname: "/api/*" },
  { pathname: "/media/*" },
  { pathname: "/admin/*" },
  { pathname: "/static/*", search: "" },
].map((urlPattern) => ({ condition: { urlPattern }, source: "network" }));

scope.addEventListener("install", (/** @type {LifeEvent} */ event) => {
  // Whichever version is in charge shows the same page, so that none has to wait for the other's pages to be closed.
  event.waitUntil(keepOfflinePage().then(() => scope.skipWaiting()));
  event.waitUntil(event.addRoutes?.(PAST_THIS_FILE));
});

scope.addEventListener("activate", (/** @type {LifeEvent} */ event) => {
  event.waitUntil(Promise.all([forgetOthers(), askWhileStarting()]));
});

scope.addEventListener("fetch", (/** @type {Fetched} */ event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && !NO_PAGES.test(pathname)) event.respondWith(visit(event));
  else if (search === KEPT) event.respondWith(kept(request));
});

/** @param {Fetched} event */
async function visit({ request, preloadResponse }) {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

/** @param {Request} request */
async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function keepOfflinePage() {
  const cache = await caches.open(CACHE);
  const page = await fetch(OFFLINE, { cache: "no-cache" });
  if (!page.ok) throw new Error(`${OFFLINE} was answered with ${page.status}; 200 is expected.`);
  const needed = [...(await page.clone().text()).matchAll(/(?:href|src)="([^"]+\?offline)"/g)];
  await Promise.all([cache.put(OFFLINE, page), cache.addAll(needed.map(([, url]) => url))]);
}

async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith("musicrooms ") && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** A page is asked for while this starts, so that nobody waits for it. */
async function askWhileStarting() {
  await scope.registration.navigationPreload?.enable();
}
