import { placeBeside } from "../lib/popover_place.js";
import { part, write } from "../lib/dom.js";
import { words } from "../lib/words.js";

/**
 * How closely this browser follows the room, and by how much it runs ahead for loudspeakers that are far away.
 *
 * @param {ParentNode} root
 * @param {{tightness: import("../playback/follower.js").Tightness, nudgeMs: number}} player
 */
export function listeningPanel(root, player) {
  const panel = part(root, "listening", HTMLElement);
  const opener = part(root, "sync", HTMLElement);
  const nudge = part(panel, "nudge", HTMLInputElement);
  const told = part(panel, "nudge-told", HTMLElement);
  const choices = /** @type {NodeListOf<HTMLInputElement>} */ (panel.querySelectorAll('[name="tightness"]'));

  const show = () => {
    for (const choice of choices) choice.checked = choice.value === player.tightness;
    nudge.value = String(player.nudgeMs);
    write(told, words.ahead(player.nudgeMs));
  };
  panel.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "open") placeBeside(panel, opener);
  });
  panel.addEventListener("input", (event) => {
    const { target } = event;
    if (target === nudge) player.nudgeMs = Number(nudge.value);
    else if (target instanceof HTMLInputElement)
      player.tightness = /** @type {typeof player.tightness} */ (target.value);
    show();
  });
  show();
}
