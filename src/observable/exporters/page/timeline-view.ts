import { AccessibleTree } from './accessible-tree.js';
import { drawChart } from './chart-drawing.js';
import { durationText } from './duration-text.js';
import { element } from './elements.js';
import { Overview } from './overview-drawing.js';
import type { PageModel, Row } from './page-model.js';
import { legendFill, type Palette, readPalette } from './palette.js';
import { Panel } from './panel.js';
import { pathSummary, stepWords } from './path-words.js';
import { ROW_HEIGHT, RULER_HEIGHT } from './row-geometry.js';
import { RowList } from './row-list.js';
import { Search } from './search.js';
import { surfaceOf } from './surface.js';
import { TimeWindow } from './time-window.js';

/**
 * The page and its state.
 *
 *     what somebody does ──▶ rows, window, search, picked, showsPath ──redraw()──▶ one drawing in the next frame
 *
 * Only what is on the screen is drawn, so that 50,000 rows cost no more than fifty.
 */
export class TimelineView {
  readonly model: PageModel;
  readonly rows: RowList;
  readonly window: TimeWindow;
  readonly search: Search;
  readonly scroller: HTMLElement = element('scroller', HTMLElement);
  readonly treeBox: HTMLElement = element('tree', HTMLElement);
  readonly chart: HTMLCanvasElement = element('chart', HTMLCanvasElement);
  readonly overviewCanvas: HTMLCanvasElement = element('overview', HTMLCanvasElement);
  readonly panelBox: HTMLElement = element('panel', HTMLElement);
  private readonly spacer = element('spacer', HTMLElement);
  private readonly sticky = element('sticky', HTMLElement);
  private readonly status = element('status', HTMLElement);
  private readonly filterBox = element('filter', HTMLSelectElement);
  private readonly pathButton = element('path', HTMLButtonElement);
  private readonly tree: AccessibleTree;
  private readonly overview: Overview;
  private readonly panel: Panel;
  private palette: Palette = readPalette();
  private picked: Row | undefined;
  private showsPath: boolean;
  private pathAt = -1;
  private isFrameWanted = false;
  /** Counts what changes but the scrolling. */
  private version = 0;

  constructor(model: PageModel) {
    this.model = model;
    this.rows = new RowList(model);
    this.window = new TimeWindow(model.data.duration);
    this.search = new Search(model);
    this.tree = new AccessibleTree(this.treeBox, model);
    this.overview = new Overview(this.overviewCanvas, model);
    this.panel = new Panel(this.panelBox, model, (row) => this.goTo(row));
    this.showsPath = model.path.length > 0;
    this.pathButton.disabled = !this.showsPath;
    this.pathButton.ariaPressed = String(this.showsPath);
    this.drawLegend();
    this.arranged();
  }

  get pickedRow(): Row | undefined {
    return this.picked;
  }

  /** Says something to a screen reader, and shows it. */
  say(text: string): void {
    this.status.textContent = text;
  }

  /** To be called after a change of the rows: there may be more or fewer of them. */
  arranged(): void {
    this.version++;
    const height = this.rows.length * ROW_HEIGHT + RULER_HEIGHT - this.scroller.clientHeight;
    this.spacer.style.height = `${Math.max(0, height)}px`;
    this.redraw();
  }

  /** Light has become dark, or the other way round. */
  recoloured(): void {
    this.palette = readPalette();
    this.drawLegend();
    this.redraw();
  }

  readonly redraw = (): void => {
    if (this.isFrameWanted) return;
    this.isFrameWanted = true;
    requestAnimationFrame(() => {
      this.isFrameWanted = false;
      this.draw();
    });
  };

  private draw(): void {
    const { rows, model, window, palette, showsPath, scroller } = this;
    const height = scroller.clientHeight;
    const top = scroller.scrollTop;
    const picked = this.picked?.index ?? -1;
    for (const { style } of [this.sticky, this.treeBox, this.chart]) style.height = `${height}px`;
    drawChart(this.chart, { model, rows, window, palette, picked, showsPath, top });
    this.tree.draw({ rows, found: this.search.found, picked, top, height }, this.version);
    this.overview.draw(palette, window);
  }

  private drawLegend(): void {
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas[data-fill]')) {
      const { context, width, height } = surfaceOf(canvas);
      context.fillStyle = legendFill(this.palette, canvas.dataset['fill']);
      if (canvas.dataset['fill'] === 'path') context.fillRect(0, height / 2 - 1.5, width, 3);
      else context.fillRect(0, 0, width, height);
    }
  }

  // ── picking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  pick(row: Row | undefined): void {
    this.picked = row;
    this.version++;
    if (row === undefined) this.panel.hide();
    else {
      this.panel.show(row);
      this.bringIntoSight(row);
    }
    this.redraw();
  }

  /** Picks a row and brings it into sight. */
  goTo(index: number): void {
    const row = this.model.rows[index];
    if (row === undefined) return;
    this.rows.reveal(row);
    this.filterBox.value = this.rows.filter;
    this.arranged();
    this.pick(row);
  }

  /** The panel may just have taken room away. */
  private bringIntoSight({ index }: Row): void {
    const { scroller } = this;
    const at = this.rows.positions[index]! * ROW_HEIGHT;
    const room = scroller.clientHeight - RULER_HEIGHT - ROW_HEIGHT;
    if (at < scroller.scrollTop) scroller.scrollTop = at;
    else if (at > scroller.scrollTop + room) scroller.scrollTop = at - room;
  }

  fold(row: Row, on: boolean): void {
    this.rows.fold(row, on);
    this.arranged();
  }

  /** Shows a row from its creation to its end, with a little around it. */
  fit(row: Row): void {
    const room = (row.end - row.created) / 10 + 0.01;
    this.window.show(row.created - room, row.end + room);
    this.sayWindow();
    this.redraw();
  }

  zoom(factor: number): void {
    this.window.zoom(factor);
    this.sayWindow();
    this.redraw();
  }

  pan(fraction: number): void {
    this.window.pan(fraction);
    this.redraw();
  }

  showAll(): void {
    this.window.showAll();
    this.sayWindow();
    this.redraw();
  }

  private sayWindow(): void {
    this.say(`showing ${durationText(this.window.from)} to ${durationText(this.window.to)}`);
  }

  // ── the critical path ─────────────────────────────────────────────────────────────────────────────────────────────

  togglePath(): void {
    if (this.model.path.length === 0) return;
    this.showsPath = !this.showsPath;
    this.pathButton.ariaPressed = String(this.showsPath);
    this.say(this.showsPath ? pathSummary(this.model) : 'the critical path is hidden');
    this.redraw();
  }

  /** Goes to the next or the previous step of the critical path. */
  stepPath(by: 1 | -1): void {
    const { path } = this.model;
    if (path.length === 0) return;
    this.pathAt =
      this.pathAt < 0 && by < 0 ? path.length - 1 : (this.pathAt + by + path.length) % path.length;
    const step = path[this.pathAt]!;
    if (step.row < 0) return;
    this.goTo(step.row);
    if (step.from < this.window.from || step.to > this.window.to) {
      const room = (step.to - step.from) / 2 + 0.01;
      this.window.show(step.from - room, step.to + room);
    }
    this.say(
      `step ${this.pathAt + 1} of ${path.length}, ${this.model.rows[step.row]!.name}: ${stepWords(step)}`,
    );
  }

  // ── searching ─────────────────────────────────────────────────────────────────────────────────────────────────────

  find(text: string): void {
    this.search.find(text);
    this.version++;
    const count = this.search.found.size;
    this.say(
      text.trim() === '' ? '' : count === 0 ? 'nothing found' : `${count} found; Enter goes to the next`,
    );
    this.redraw();
  }

  findNext(backwards: boolean): void {
    const next = this.search.next(this.picked?.index ?? -1, this.rows, backwards);
    if (next === undefined) return;
    this.goTo(next);
    const row = this.model.rows[next]!;
    if (row.end < this.window.from || row.created > this.window.to) this.fit(row);
    this.say(`${row.name}, one of ${this.search.found.size}`);
  }
}
