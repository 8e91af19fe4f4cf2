const API = "https://www.youtube.com/iframe_api";
const GIVE_UP_MS = 20_000;

/** @type {Promise<typeof YT.Player> | null} */
let loading = null;

/**
 * YouTube's player class, fetched with the first video and never before. After a failure the next call tries again.
 * @returns {Promise<typeof YT.Player>}
 */
export function loadYouTube() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** @returns {Promise<typeof YT.Player>} */
function load() {
  return new Promise((resolve, reject) => {
    const finish = () => {
      if (window.YT?.Player) resolve(window.YT.Player);
    };
    finish();
    const others = window.onYouTubeIframeAPIReady;
    window.onYouTubeIframeAPIReady = () => {
      others?.();
      finish();
    };
    const script = document.createElement("script");
    script.src = API;
    script.onerror = () => reject(new Error(`${API} could not be loaded.`));
    setTimeout(() => reject(new Error(`${API} did not start within ${GIVE_UP_MS} ms.`)), GIVE_UP_MS);
    if (!window.YT?.Player) document.head.append(script);
  });
}
