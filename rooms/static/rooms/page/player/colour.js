/** The most colourful that the interface may become, and the least that still reads as a colour. */
const MOST_CHROMA = 0.13;
const LEAST_CHROMA = 0.025;
const SIDE = 24;
const BINS = 24;

/**
 * A hue in degrees and how colourful, both of OKLCH.
 *
 * @typedef {{hue: number, chroma: number}} Colour
 */

/**
 * The colour that a picture is remembered by; null if its origin does not let this page read it.
 *
 * @param {HTMLImageElement} image loaded
 * @returns {Colour | null}
 */
export function colourOf(image) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(image, 0, 0, SIDE, SIDE);
  try {
    return dominant(context.getImageData(0, 0, SIDE, SIDE).data);
  } catch {
    return null;
  }
}

/** @param {Colour} colour */
export function tint({ hue, chroma }) {
  const style = document.documentElement.style;
  style.setProperty("--hue", hue.toFixed(1));
  style.setProperty("--chroma", chroma.toFixed(3));
}

/**
 * The hue that most of the colourfulness has. Lightness plays no part: the style sheet sets that, for contrast.
 *
 * @param {Uint8ClampedArray} pixels red, green, blue, alpha
 * @returns {Colour}
 */
function dominant(pixels) {
  const bins = Array.from({ length: BINS }, () => ({ a: 0, b: 0, weight: 0 }));
  for (let i = 0; i < pixels.length; i += 4) {
    const [a, b] = oklabOf(pixels[i], pixels[i + 1], pixels[i + 2]);
    const chroma = Math.hypot(a, b);
    const bin = bins[Math.floor((degrees(a, b) / 360) * BINS) % BINS];
    bin.a += a * chroma;
    bin.b += b * chroma;
    bin.weight += chroma;
  }
  const best = bins.reduce((one, other) => (other.weight > one.weight ? other : one));
  const chroma = best.weight ? Math.hypot(best.a, best.b) / best.weight : 0;
  // A grey picture with one coloured speck is grey.
  const share = best.weight / (pixels.length / 4);
  const clamped = Math.min(MOST_CHROMA, Math.max(LEAST_CHROMA, Math.min(chroma, share * 6)));
  return { hue: degrees(best.a, best.b), chroma: clamped };
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {number} 0 to 360
 */
function degrees(a, b) {
  return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
}

/**
 * The two colour axes of OKLab, of a colour given as sRGB of 0 to 255.
 *
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 * @returns {[number, number]}
 */
function oklabOf(red, green, blue) {
  const [r, g, b] = [red, green, blue].map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/**
 * @param {number} channel
 * @returns {number}
 */
function linear(channel) {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
