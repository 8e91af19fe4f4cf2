import { ROW_PX } from "./row.js";

/** A shorter way is a click, in pixels. */
const THRESHOLD_PX = 6;
/** Within this of an edge the list scrolls, by this much a frame, in pixels. */
const EDGE_PX = 56;
const SCROLL_PX = 10;

/** Drag and drop of rows: a mouse takes a row anywhere, a finger by its leading end, since elsewhere it scrolls. */
export class Drag {
  #list;
  #visible;
  #drop;
  #line;
  /** @type {{row: HTMLElement, pointer: number, startY: number, y: number, startTop: number, lifted: boolean} | null} */
  #held = null;
  #frame = 0;

  /**
   * @param {HTMLElement} list
   * @param {() => HTMLElement[]} visible the rows that can be seen, in their order
   * @param {(row: HTMLElement, behind: HTMLElement | null) => void} drop
   */
  constructor(list, visible, drop) {
    this.#list = list;
    this.#visible = visible;
    this.#drop = drop;
    this.#line = document.createElement("li");
    this.#line.className = "drop-line";
    this.#line.setAttribute("role", "presentation");
    list.addEventListener("pointerdown", (event) => this.#take(event));
    list.addEventListener("pointermove", (event) => this.#move(event));
    list.addEventListener("pointerup", () => this.#release(true));
    list.addEventListener("pointercancel", () => this.#release(false));
    list.addEventListener("dragstart", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#release(false));
  }

  /** @param {PointerEvent} event */
  #take(event) {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest(".row");
    if (event.button !== 0 || !(row instanceof HTMLElement) || target?.closest(".row-more")) return;
    if (event.pointerType !== "mouse" && !target?.closest(".row-lead")) return;
    const y = event.clientY;
    const startTop = this.#list.getBoundingClientRect().top;
    this.#held = { row, pointer: event.pointerId, startY: y, y, startTop, lifted: false };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const held = this.#held;
    if (!held || event.pointerId !== held.pointer) return;
    // It was let go where this list is not told of it.
    if (!event.buttons) return this.#release(false);
    held.y = event.clientY;
    if (!held.lifted && Math.abs(held.y - held.startY) < THRESHOLD_PX) return;
    if (!held.lifted) this.#lift(held.row, held.pointer);
    this.#follow();
  }

  /**
   * @param {HTMLElement} row
   * @param {number} pointer
   */
  #lift(row, pointer) {
    if (this.#held) this.#held.lifted = true;
    this.#list.setPointerCapture(pointer);
    row.classList.add("is-lifted");
    this.#list.append(this.#line);
    const scroll = () => {
      this.#scroll();
      this.#frame = requestAnimationFrame(scroll);
    };
    this.#frame = requestAnimationFrame(scroll);
  }

  #follow() {
    const held = this.#held;
    if (!held?.lifted) return;
    const offset = this.#offset;
    held.row.style.transform = `translateY(${offset}px)`;
    this.#line.style.transform = `translateY(${this.#slot(held.row, offset) * ROW_PX}px)`;
  }

  /**
   * Between which rows it would land: 0 is before the first. What plays stays on top of what comes.
   *
   * @param {HTMLElement} row
   * @param {number} offset how far it was dragged, in pixels
   * @returns {number}
   */
  #slot(row, offset) {
    const rows = this.#visible();
    const by = Math.round(offset / ROW_PX);
    const slot = rows.indexOf(row) + by + (by > 0 ? 1 : 0);
    const least = rows[0] && "current" in rows[0].dataset ? 1 : 0;
    return Math.min(rows.length, Math.max(least, slot));
  }

  /** How far the held row was dragged along the list, scrolling included, in pixels. */
  get #offset() {
    const held = this.#held;
    return held ? held.y - held.startY + held.startTop - this.#list.getBoundingClientRect().top : 0;
  }

  /** Where the page's foot is covered, in pixels from its top: a row is not to be dropped under there. */
  get #foot() {
    return this.#list.closest(".side")?.querySelector(".dock")?.getBoundingClientRect().top || innerHeight;
  }

  #scroll() {
    const held = this.#held;
    const place = this.#list.parentElement;
    if (!held?.lifted || !place) return;
    const scrolls = place.scrollHeight > place.clientHeight && getComputedStyle(place).overflowY === "auto";
    const { top, bottom } = scrolls ? place.getBoundingClientRect() : { top: 0, bottom: this.#foot };
    // Only where the drag leads: a row that is taken beside an edge is often meant to leave it.
    const [leadsUp, leadsDown] = [held.y < held.startY, held.y > held.startY];
    const by = leadsUp && held.y < top + EDGE_PX ? -SCROLL_PX : leadsDown && held.y > bottom - EDGE_PX ? SCROLL_PX : 0;
    if (!by) return;
    if (scrolls) place.scrollTop += by;
    else scrollBy(0, by);
    this.#follow();
  }

  /** @param {boolean} dropped */
  #release(dropped) {
    const [held, offset] = [this.#held, this.#offset];
    this.#held = null;
    if (!held?.lifted) return;
    cancelAnimationFrame(this.#frame);
    const behind = this.#visible()[this.#slot(held.row, offset) - 1] ?? null;
    this.#line.remove();
    held.row.classList.remove("is-lifted");
    held.row.style.transform = "";
    // The click that ends a drag is none.
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    if (dropped && behind !== held.row) this.#drop(held.row, behind);
  }
}

/** @param {Event} event */
function swallow(event) {
  event.stopPropagation();
  event.preventDefault();
}
