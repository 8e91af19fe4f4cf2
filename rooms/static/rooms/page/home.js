import { hueOf } from "./format.js";

/** Rooms without artwork each get a colour of their own, always the same. */
for (const cover of document.querySelectorAll(".card-cover")) {
  if (!(cover instanceof HTMLElement)) continue;
  cover.style.setProperty("--own-hue", String(hueOf(cover.dataset.name ?? "")));
  // A picture that does not load leaves that colour to be seen.
  const image = cover.querySelector("img");
  image?.addEventListener("error", () => image.remove());
  if (image?.complete && !image.naturalWidth) image.remove();
}
