/**
 * Make the tabs switch their panels.
 *
 * @param {ParentNode} root
 * @param {HTMLElement} shortcut a button elsewhere that opens the last of them
 */
export function tabs(root, shortcut) {
  const all = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('[role="tab"]')]);

  const select = (/** @type {HTMLElement} */ chosen) => {
    for (const tab of all) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !isChosen;
    }
  };

  for (const [at, tab] of all.entries()) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.stopPropagation();
      const next = all[(at + step + all.length) % all.length];
      select(next);
      next.focus();
    });
  }
  shortcut.addEventListener("click", () => {
    const last = all[all.length - 1];
    select(last);
    last.focus();
  });
  select(all[0]);
}
