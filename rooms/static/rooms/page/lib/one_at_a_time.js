/**
 * Do one thing at a time: what is asked for while it is under way is let go, as by the second tap of a double one, which
 * would make two of what one wanted.
 *
 * @template {unknown[]} Given
 * @param {(...given: Given) => Promise<unknown>} act
 * @returns {(...given: Given) => Promise<void>}
 */
export function oneAtATime(act) {
  let isBusy = false;
  return async (...given) => {
    if (isBusy) return;
    isBusy = true;
    try {
      await act(...given);
    } finally {
      isBusy = false;
    }
  };
}
