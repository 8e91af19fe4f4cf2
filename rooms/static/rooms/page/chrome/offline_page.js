/** Register the service worker, which keeps an offline page. After the load, since it is not urgent. */
export function keepOfflinePage() {
  if (!("serviceWorker" in navigator)) return;
  // Refused in private windows, for one: then the browser says by itself that there is no network.
  const register = () => void navigator.serviceWorker.register("/sw.js").catch(() => {});
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register, { once: true });
}
