/**
 * The element inside `root` that the template calls `name`.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} name the value of its `data-part`
 * @param {new () => T} type
 * @returns {T}
 */
export function part(root, name, type) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} called "${name}".`);
  return found;
}

/**
 * Like `part`, for what only some people are shown.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => T} type
 * @returns {T | null}
 */
export function optionalPart(root, name, type) {
  const found = root.querySelector(`[data-part="${name}"]`);
  return found instanceof type ? found : null;
}

/**
 * The element inside `root` that a selector finds, for copies of templates.
 *
 * @template {HTMLElement} T
 * @param {HTMLElement} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function child(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`.${root.className} has no ${type.name} at ${selector}.`);
  return found;
}

/**
 * Show another picture in an element that is hidden without one.
 *
 * @param {HTMLImageElement} image
 * @param {string} url empty for none
 */
export function showImage(image, url) {
  if (image.getAttribute("src") === (url || null)) return;
  image.hidden = !url;
  if (url) image.src = url;
  else image.removeAttribute("src");
}

/**
 * Write `text` only if it differs: a write that changes nothing would still be laid out and read aloud.
 *
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Show another icon of the sprite inside `element`.
 *
 * @param {Element} element
 * @param {string} name
 */
export function setIcon(element, name) {
  const use = element.querySelector("use");
  if (use && use.getAttribute("href") !== `#i-${name}`) use.setAttribute("href", `#i-${name}`);
}

/**
 * Give a button another name, for eyes and ears alike.
 *
 * @param {HTMLElement} element
 * @param {string} label
 */
export function setLabel(element, label) {
  if (element.getAttribute("aria-label") === label) return;
  element.setAttribute("aria-label", label);
  element.title = label;
}

/**
 * Grey a button out, or not. It is not disabled, since the focus would fall to the top of the page.
 *
 * @param {HTMLElement} button
 * @param {boolean} isUsable
 */
export function setUsable(button, isUsable) {
  button.setAttribute("aria-disabled", String(!isUsable));
}

/**
 * Press a button that may be greyed out.
 *
 * @param {HTMLElement | null} button
 * @param {() => void} act
 */
export function onPress(button, act) {
  button?.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
}

/** @returns {boolean} whether things may move */
export function mayMove() {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** @returns {Storage | undefined} what this browser keeps for the site, unless it was told to keep nothing */
export function memory() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

/**
 * Keep something there. Where it is full nothing is kept, and the page goes on.
 *
 * @param {Storage | undefined} storage
 * @param {string} name
 * @param {string} value
 */
export function keep(storage, name, value) {
  try {
    storage?.setItem(name, value);
  } catch {
    // It is only a convenience.
  }
}

/**
 * A new element.
 *
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 * @param {string} [dir]
 * @returns {HTMLElement}
 */
export function element(tag, className, text = "", dir = "") {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  if (dir) made.dir = dir;
  return made;
}

/**
 * A button that shows an icon and is called `label`.
 *
 * @param {string} className
 * @param {string} icon
 * @param {string} [label]
 */
export function iconButton(className, icon, label = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  if (label) setLabel(button, label);
  button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#i-${icon}"></use></svg>`;
  return button;
}
