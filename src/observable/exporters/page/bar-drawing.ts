import { isSlow, isTrouble, type Row } from './page-model.js';
import type { Palette } from './palette.js';
import { BAR_HEIGHT, BAR_TOP, ROW_HEIGHT, STRONG_FONT, TEXT_FONT } from './row-geometry.js';
import { barLabel } from './row-words.js';
import type { TimeWindow } from './time-window.js';

/** Where on the canvas a row is drawn, and of which time. */
export interface BarPlace {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly window: TimeWindow;
  readonly width: number;
  /** How wide the window is: a little less, see `timeWidth`. */
  readonly scale: number;
}

/** How far beyond the canvas a bar is drawn: its ends are out of sight then. */
const BEYOND = 4;
const MARK_WIDTH = 15;

/** Draws the bar of a row, with its mark and its label. */
export function drawBar(place: BarPlace, row: Row, y: number): void {
  const { window, width, scale } = place;
  const clip = (time: number): number =>
    Math.max(-BEYOND, Math.min(width + BEYOND, window.place(time, scale)));
  const left = clip(row.started ?? row.end);
  const right = clip(row.end);
  const outer = Math.min(left, clip(row.created));
  if (row.kind === 'scope') drawScope(place, row, y, left, right);
  else drawTask(place, row, y, left, right, outer);
  const marked = isTrouble(row) && row.ended !== undefined;
  const markAt = row.kind === 'scope' && row.cancelled !== undefined ? clip(row.cancelled) : right;
  if (marked) drawMark(place, row, y, markAt);
  if (row.kind === 'task') drawLabel(place, row, y, outer, marked ? right + MARK_WIDTH : right + 5);
}

/** A bracket around what is in it. */
function drawScope({ context, palette }: BarPlace, row: Row, y: number, left: number, right: number): void {
  context.fillStyle = row.state === 'cancelled' ? palette.cancelled : palette.soft;
  context.fillRect(left, y + 9, Math.max(1, right - left), 1.5);
  context.fillRect(left, y + 6, 1.5, 8);
  context.fillRect(right - 1.5, y + 6, 1.5, 8);
}

function drawTask(place: BarPlace, row: Row, y: number, left: number, right: number, outer: number): void {
  const { context, palette, width } = place;
  const top = y + BAR_TOP;
  if (left - outer > 1) {
    context.fillStyle = palette.dotted;
    context.fillRect(outer, top + 2, left - outer, BAR_HEIGHT - 4);
    context.fillStyle = palette.queued;
    context.fillRect(outer, top + 1, 1, BAR_HEIGHT - 2);
  }
  if (right < 0 || left > width) return;
  const state = row.state === 'failed' || row.state === 'cancelled' ? row.state : 'work';
  context.fillStyle = palette.ran[state];
  context.fillRect(left, top, Math.max(1.5, right - left), BAR_HEIGHT);
  context.fillStyle = palette.waited[state];
  for (const [from, to] of waitsInSight(place, row)) {
    context.fillRect(
      Math.max(left, from),
      top,
      Math.max(0.5, Math.min(right, to) - Math.max(left, from)),
      BAR_HEIGHT,
    );
  }
  if (state === 'cancelled') {
    context.strokeStyle = palette.cancelled;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, Math.max(0.5, right - left - 1), BAR_HEIGHT - 1);
  }
}

/**
 * The waits on the screen, as places. Those that fall on a pixel that is taken are passed over by halving, so that a row with
 * a hundred thousand waits costs no more than it has pixels.
 */
function* waitsInSight(
  { window, width, scale }: BarPlace,
  { waits }: Row,
): Generator<readonly [number, number]> {
  let time = window.from;
  const last = window.time(width, scale);
  while (time < last) {
    const at = firstEndingAfter(waits, time) * 3;
    if (at >= waits.length || waits[at]! > last) return;
    const to = window.place(waits[at + 1]!, scale);
    yield [Math.max(-BEYOND, window.place(waits[at]!, scale)), Math.min(width + BEYOND, to)];
    time = Math.max(waits[at + 1]!, window.time(Math.max(0, to) + 0.4, scale));
  }
}

/** The number of the first wait that ends after a time; waits of one row that overlap are rare, and then it is near it. */
function firstEndingAfter(waits: readonly number[], time: number): number {
  let low = 0;
  for (let high = waits.length / 3; low < high; ) {
    const middle = (low + high) >> 1;
    if (waits[middle * 3 + 1]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A cross for what failed, a circle with a stroke for what was cancelled. */
function drawMark({ context, palette }: BarPlace, { state }: Row, y: number, right: number): void {
  const left = right + 3;
  const top = y + BAR_TOP + 3;
  context.strokeStyle = state === 'failed' ? palette.failed : palette.ink;
  context.lineWidth = 1.6;
  context.beginPath();
  if (state === 'failed') {
    context.moveTo(left, top);
    context.lineTo(left + 8, top + 8);
    context.moveTo(left + 8, top);
    context.lineTo(left, top + 8);
  } else {
    context.arc(left + 4, top + 4, 4, 0, Math.PI * 2);
    context.moveTo(left + 1.2, top + 6.8);
    context.lineTo(left + 6.8, top + 1.2);
  }
  context.stroke();
}

/** Behind the bar if there is room, else in front of it; what is slow is set strong, with a mark of its own. */
function drawLabel(
  { context, palette, width }: BarPlace,
  row: Row,
  y: number,
  left: number,
  right: number,
): void {
  if (right < 0 || left > width) return;
  const slow = isSlow(row);
  const label = (slow ? '◆ ' : '') + barLabel(row);
  context.font = slow ? STRONG_FONT : TEXT_FONT;
  context.fillStyle = row.state === 'failed' ? palette.failed : slow ? palette.ink : palette.soft;
  const room = label.length * 6.6;
  if (right + room < width) context.fillText(label, right + 3, y + ROW_HEIGHT - 9);
  else if (left - room > 0) {
    context.textAlign = 'right';
    context.fillText(label, left - 5, y + ROW_HEIGHT - 9);
    context.textAlign = 'left';
  }
}
