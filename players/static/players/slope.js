/**
 * The slope of the line that fits `points` best (least squares): how much y changes for each step of x.
 * @param {{x: number, y: number}[]} points at least two, of different x
 */
export function slope(points) {
  const middleX = mean(points.map(({ x }) => x));
  const middleY = mean(points.map(({ y }) => y));
  const covariance = mean(points.map(({ x, y }) => (x - middleX) * (y - middleY)));
  return covariance / mean(points.map(({ x }) => (x - middleX) ** 2));
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
