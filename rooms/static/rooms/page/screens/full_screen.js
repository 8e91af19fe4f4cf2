import { letterOf } from "../lib/letter.js";

/** A pointer that rests so long is not looked for any more, in milliseconds. */
const IDLE_MS = 3000;

/**
 * A button and the key F, which fill the screen with the page; the button and the pointer go away when nothing moves.
 *
 * @param {HTMLButtonElement} button
 */
export function fullScreen(button) {
  button.hidden = !document.fullscreenEnabled;
  const toggle = () => {
    // Refused outside of a gesture, for one: then the page stays as large as it is.
    const done = document.fullscreenElement
      ? document.exitFullscreen()
      : document.documentElement.requestFullscreen();
    done.catch(() => {});
  };
  button.addEventListener("click", toggle);
  window.addEventListener("keydown", (event) => {
    const { ctrlKey, metaKey, altKey } = event;
    if (letterOf(event) === "f" && !ctrlKey && !metaKey && !altKey) toggle();
  });
  hideWhenIdle();
}

function hideWhenIdle() {
  let timer = 0;
  const wake = () => {
    clearTimeout(timer);
    document.body.classList.remove("is-idle");
    timer = setTimeout(() => document.body.classList.add("is-idle"), IDLE_MS);
  };
  for (const name of ["pointermove", "pointerdown", "keydown"]) window.addEventListener(name, wake);
  wake();
}
