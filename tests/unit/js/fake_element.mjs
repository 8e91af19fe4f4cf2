/** As much of an element as views of a form need: parts that are there once they are asked for. */
export class FakeElement extends EventTarget {
  #parts = new Map();
  #attributes = new Map();
  value = "";
  textContent = "";
  hidden = false;
  classList = { toggle: (name, isOn) => (this.dataset[name] = isOn) };
  dataset = {};
  querySelector(selector) {
    if (!this.#parts.has(selector)) this.#parts.set(selector, new FakeElement());
    return this.#parts.get(selector);
  }
  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }
  setAttribute(name, value) {
    this.#attributes.set(name, value);
  }
  removeAttribute(name) {
    this.#attributes.delete(name);
  }
  closest() {
    return this;
  }
  remove() {
    this.isRemoved = true;
  }
  focus() {}
}

/** Views look for kinds of elements. */
const KINDS = ["Element", "HTMLElement", "HTMLFormElement", "HTMLInputElement", "HTMLTextAreaElement", "HTMLButtonElement"];
for (const name of KINDS) globalThis[name] = FakeElement;
