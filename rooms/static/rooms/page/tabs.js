/**
 * Make the tabs of a list switch their panels.
 *
 * @param {HTMLElement} list
 * @returns {(tab: HTMLElement) => void} selects a tab
 */
export function tabs(list) {
  const all = [...list.querySelectorAll('[role="tab"]')].filter((tab) => tab instanceof HTMLElement);

  const select = (/** @type {HTMLElement} */ chosen) => {
    for (const tab of all) {
      const isChosen = tab === chosen;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '');
      if (panel) panel.hidden = !isChosen;
    }
  };

  for (const [at, tab] of all.entries()) {
    tab.addEventListener('click', () => select(tab));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.stopPropagation();
      const next = all[(at + step + all.length) % all.length];
      select(next);
      next.focus();
    });
  }
  select(all[0]);
  return select;
}
