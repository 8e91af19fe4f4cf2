/**
 * How things that are shown are to be ordered when there are others by now: those that stay keep their places among each
 * other, so that nothing that somebody looks at moves without need; a new one stands behind whatever it should follow.
 *
 * @param {string[]} shown
 * @param {string[]} wanted in the order that a newcomer would see
 * @returns {string[]}
 */
export function steadyOrder(shown, wanted) {
  const all = new Set(wanted);
  const order = shown.filter((one) => all.has(one));
  const kept = new Set(order);
  for (const [at, one] of wanted.entries()) {
    if (!kept.has(one)) order.splice(at === 0 ? 0 : order.indexOf(wanted[at - 1]) + 1, 0, one);
  }
  return order;
}
