import type { BarPlace } from './bar-drawing.js';
import type { PathStep } from './page-model.js';
import { PATH_AT } from './row-geometry.js';

/** A step of less is not drawn for its own sake. */
const LEAST = 0.5;

/**
 * Draws the critical path: a line below the bars of those that are on it, and upright ones from one to the next.
 *
 *     main    ▬▬▬▬▬┐              ┌▬▬▬▬▬
 *     child        └▬▬▬▬▬▬▬▬▬▬▬▬▬▬┘
 */
export function drawPath(
  place: BarPlace,
  steps: readonly PathStep[],
  heightOf: (row: number) => number,
): void {
  const { context, palette, window, width, scale } = place;
  const lines = new Path2D();
  const joints = new Path2D();
  let at = firstAfter(steps, window.from);
  let before: { x: number; y: number } | undefined;
  while (at < steps.length) {
    const { row, from, to } = steps[at]!;
    const x = Math.max(-4, window.place(from, scale));
    const y = row < 0 ? -100 : heightOf(row) + PATH_AT;
    const end = Math.min(width + 4, window.place(to, scale));
    if (before !== undefined && before.y !== y) {
      joints.moveTo(x, before.y);
      joints.lineTo(x, y);
    }
    lines.moveTo(x, y);
    lines.lineTo(Math.max(end, x + LEAST), y);
    before = { x: end, y };
    if (x > width) break;
    // On to the first step that is seen apart from this one.
    at = Math.max(at + 1, firstAfter(steps, window.time(end + LEAST, scale)));
  }
  context.lineJoin = 'round';
  for (const [colour, wider] of [
    [palette.paper, 2],
    [palette.path, 0],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5 + wider;
    context.stroke(joints);
    context.lineWidth = 3 + wider;
    context.stroke(lines);
  }
}

/** The first step that ends after a time: they follow one another. */
function firstAfter(steps: readonly PathStep[], time: number): number {
  let low = 0;
  for (let high = steps.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (steps[middle]!.to <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
