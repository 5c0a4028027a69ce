/** Round times in a stretch, not closer than `room` pixels. */
export function ticks(from: number, to: number, width: number, room = 110): number[] {
  const rough = (to - from) / Math.max(1, width / room);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((digit) => digit * power).find((candidate) => candidate >= rough) ?? 10 * power;
  const list: number[] = [];
  // Counted, not added up: the error of a sum would grow with each tick.
  for (let n = Math.ceil(from / step); n * step <= to; n++) list.push(n * step);
  return list;
}
