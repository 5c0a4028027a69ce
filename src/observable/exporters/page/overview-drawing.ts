import { type OverviewCounts, overviewCounts } from './overview-counts.js';
import type { PageModel } from './page-model.js';
import type { Palette } from './palette.js';
import { surfaceOf } from './surface.js';
import type { TimeWindow } from './time-window.js';

/** A slice of the recording is so many pixels wide. */
const BIN = 2;
/** Room at the top for the marks of what failed and what was cancelled. */
const MARKS = 9;

/** The whole recording in a strip: how many tasks ran, how many were queued on top of them, and what went wrong when. */
export class Overview {
  private readonly canvas: HTMLCanvasElement;
  private readonly model: PageModel;
  /** What it was drawn of: what has not changed is left alone. */
  private drawn: { readonly palette: Palette; readonly key: string } | undefined;
  private counts: { readonly bins: number; readonly of: OverviewCounts } | undefined;

  constructor(canvas: HTMLCanvasElement, model: PageModel) {
    this.canvas = canvas;
    this.model = model;
  }

  draw(palette: Palette, window: TimeWindow): void {
    const { clientWidth, clientHeight } = this.canvas;
    const key = [window.from, window.to, clientWidth, clientHeight, devicePixelRatio].join();
    if (this.drawn?.key === key && this.drawn.palette === palette) return;
    this.drawn = { palette, key };
    const { context, width, height } = surfaceOf(this.canvas);
    const bins = Math.max(1, Math.floor(width / BIN));
    if (this.counts?.bins !== bins) this.counts = { bins, of: overviewCounts(this.model, bins) };
    const { running, queued, failed, cancelled, most } = this.counts.of;
    const tall = (count: number): number => (count / most) * (height - MARKS - 1);
    this.fill(context, palette.work, bins, (n) => [height - tall(running[n]!), tall(running[n]!)]);
    this.fill(context, palette.dotted, bins, (n) => [
      height - tall(running[n]! + queued[n]!),
      tall(queued[n]!),
    ]);
    this.fill(context, palette.failed, bins, (n) => [0, failed[n] === 1 ? 5 : 0]);
    this.fill(context, palette.cancelled, bins, (n) => [6, cancelled[n] === 1 ? 3 : 0]);
    const left = (window.from / window.whole) * width;
    const right = (window.to / window.whole) * width;
    context.globalAlpha = 0.25;
    context.fillStyle = palette.soft;
    context.fillRect(0, 0, left, height);
    context.fillRect(right, 0, width - right, height);
    context.globalAlpha = 1;
    context.fillStyle = palette.ink;
    context.fillRect(left, 0, 1.5, height);
    context.fillRect(right - 1.5, 0, 1.5, height);
  }

  private fill(
    context: CanvasRenderingContext2D,
    fill: string | CanvasPattern,
    bins: number,
    barOf: (bin: number) => readonly [top: number, height: number],
  ): void {
    context.fillStyle = fill;
    for (let bin = 0; bin < bins; bin++) {
      const [top, tall] = barOf(bin);
      if (tall > 0) context.fillRect(bin * BIN, top, BIN, tall);
    }
  }
}
