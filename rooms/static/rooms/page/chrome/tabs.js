/**
 * Make the tabs switch their panels. A tab may be one on narrow pages alone: on others its panel is always there.
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
      if (panel) panel.hidden = !isChosen && isTab(tab);
    }
  };

  for (const tab of all) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.stopPropagation();
      const there = all.filter(isTab);
      const next = there[(there.indexOf(tab) + step + there.length) % there.length];
      select(next);
      next.focus();
    });
  }
  shortcut.addEventListener("click", () => {
    const last = all[all.length - 1];
    select(last);
    last.focus();
  });
  // Whether a tab is one may change with the width of the page.
  const selectShown = () => {
    const there = all.filter(isTab);
    select(there.find((tab) => tab.getAttribute("aria-selected") === "true") ?? there[0] ?? all[0]);
  };
  addEventListener("resize", selectShown);
  selectShown();
}

/** @param {HTMLElement} tab */
function isTab(tab) {
  return getComputedStyle(tab).display !== "none";
}
