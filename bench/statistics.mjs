/** The middle one of some numbers. */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/** How far the middle half of some numbers is spread, as a part of their median. */
export function spread(numbers) {
  return (quantile(numbers, 0.75) - quantile(numbers, 0.25)) / median(numbers);
}

/** The number below which so large a part of some numbers lies. */
export function quantile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
