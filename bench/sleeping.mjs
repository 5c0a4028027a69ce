/**
 * Mixed durations for so many sleeps that are begun at once, in milliseconds: between one and sixteen, and the later begun
 * the shorter, so that beginning them takes longer than any of them and nobody's figure contains idle time.
 */
export function durations(count) {
  return Array.from({ length: count }, (_, index) => {
    const longest = Math.ceil(16 * (1 - index / count));
    return 1 + ((Math.imul(index, 2_654_435_761) >>> 8) % longest);
  });
}
