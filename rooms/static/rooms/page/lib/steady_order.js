/**
 * A stable order for a list that changes under its reader's eyes: items that stay keep their order among each other,
 * and a new one stands behind the item that it should follow.
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
