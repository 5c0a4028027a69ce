import { type BarPlace, drawBar } from './bar-drawing.js';
import { timeText } from './duration-text.js';
import type { PageModel } from './page-model.js';
import type { Palette } from './palette.js';
import { drawPath } from './path-drawing.js';
import { ROW_HEIGHT, RULER_HEIGHT, TEXT_FONT, timeWidth } from './row-geometry.js';
import type { RowList } from './row-list.js';
import { surfaceOf } from './surface.js';
import { ticks } from './ticks.js';
import type { TimeWindow } from './time-window.js';

/** What the chart shows at the moment. */
export interface ChartState {
  readonly model: PageModel;
  readonly rows: RowList;
  readonly window: TimeWindow;
  readonly palette: Palette;
  readonly picked: number;
  readonly showsPath: boolean;
  /** How far it is scrolled down. */
  readonly top: number;
}

/** Draws the rows on the screen, and nothing else. */
export function drawChart(canvas: HTMLCanvasElement, state: ChartState): void {
  const { context, width, height } = surfaceOf(canvas);
  const { rows, window, palette, top } = state;
  const scale = timeWidth(width);
  const place: BarPlace = { context, palette, window, width, scale };
  const marks = ticks(window.from, window.to, scale);
  context.fillStyle = palette.line;
  for (const time of marks) context.fillRect(Math.round(window.place(time, scale)), 0, 1, height);
  const heightOf = (position: number): number => RULER_HEIGHT + position * ROW_HEIGHT - top;
  const first = Math.floor(top / ROW_HEIGHT);
  const last = Math.min(rows.length, first + Math.ceil(height / ROW_HEIGHT) + 1);
  for (let position = first; position < last; position++) {
    const row = rows.at(position)!;
    if (row.index === state.picked) {
      context.fillStyle = palette.picked;
      context.fillRect(0, heightOf(position), width, ROW_HEIGHT);
    }
    drawBar(place, row, heightOf(position));
  }
  if (state.showsPath) drawPath(place, state.model.path, (row) => heightOf(rows.positions[row]!));
  drawRuler(place, marks);
}

function drawRuler({ context, palette, window, width, scale }: BarPlace, marks: readonly number[]): void {
  context.fillStyle = palette.paper;
  context.fillRect(0, 0, width, RULER_HEIGHT);
  context.font = TEXT_FONT;
  for (const time of marks) {
    const x = window.place(time, scale);
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), 0, 1, RULER_HEIGHT);
    context.fillStyle = palette.soft;
    const text = timeText(time);
    if (x + text.length * 6 + 4 < width) context.fillText(text, x + 4, 15);
  }
}
