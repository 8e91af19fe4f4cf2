import { t } from "../../i18n/translate.js";
import { keyMap } from "./key_map.js";
import { Keys } from "./keys.js";
import { LONG_STEP_MS, STEP_MS } from "../player/seek.js";
import { undoByKey } from "./undo.js";

const VOLUME_STEP = 0.05;

/**
 * The keys of a room's page, and the map that shows them.
 *
 * @param {ParentNode} root
 * @param {{control: boolean, skip: boolean}} can
 * @param {object} views
 * @param {{toggle: () => void, next: () => void, previous: () => void, undo: () => void}} views.acts
 * @param {import("../adding/adding.js").Adding} views.adding
 * @param {import("../player/seek.js").Seek} views.seek
 * @param {import("../chrome/toasts.js").Toasts} views.toasts
 * @param {import("../player/volume.js").Volume} views.volume
 */
export function connectKeys(root, can, { acts, adding, seek, toasts, volume }) {
  const skipping = { n: acts.next, p: acts.previous };
  const seeking = {
    ArrowLeft: () => seek.stepBy(-STEP_MS),
    ArrowRight: () => seek.stepBy(STEP_MS),
    "Shift+ArrowLeft": () => seek.stepBy(-LONG_STEP_MS),
    "Shift+ArrowRight": () => seek.stepBy(LONG_STEP_MS),
  };
  const keys = new Keys({
    " ": acts.toggle,
    "/": () => adding.focus(),
    "?": () => openKeyMap(),
    m: () => volume.toggle(),
    ArrowUp: () => volume.changeBy(VOLUME_STEP),
    ArrowDown: () => volume.changeBy(-VOLUME_STEP),
    ...explained({ ...skipping, ...seeking }, toasts),
    ...(can.skip ? skipping : {}),
    ...(can.control ? seeking : {}),
  });
  const openKeyMap = keyMap(root, keys);
  undoByKey(toasts, acts.undo);
}

/**
 * A hint, shown once, in place of keys that only hosts may use.
 *
 * @param {Record<string, () => void>} keys
 * @param {import("../chrome/toasts.js").Toasts} toasts
 */
function explained(keys, toasts) {
  let isTold = false;
  const explain = () => {
    if (isTold) return;
    isTold = true;
    toasts.say(t("In this room you follow along. M mutes it for you, the space bar pauses it."));
  };
  return Object.fromEntries(Object.keys(keys).map((key) => [key, explain]));
}
