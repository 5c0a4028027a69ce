/** Milliseconds for people: `1.02 s`, `57 ms`, `0.35 ms`. */
export function durationText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}

/** A point in time on the ruler, without digits that say nothing. */
export function timeText(ms: number): string {
  return ms >= 1000 ? `${+(ms / 1000).toFixed(4)} s` : `${+ms.toFixed(3)} ms`;
}
