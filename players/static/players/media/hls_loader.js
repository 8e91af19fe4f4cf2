/** @type {Promise<typeof Hls> | null} */
let loading = null;

/**
 * hls.js, fetched with the first stream that needs it and never before. After a failure the next call tries again.
 * @param {string} address
 * @returns {Promise<typeof Hls>}
 */
export function loadHls(address) {
  loading ??= load(address).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** @param {string} address @returns {Promise<typeof Hls>} */
function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Hls ? resolve(window.Hls) : reject(new Error(`${address} is not hls.js.`)));
    script.onerror = () => reject(new Error(`${address} could not be loaded.`));
    document.head.append(script);
  });
}
