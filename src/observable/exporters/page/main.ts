// The script of the timeline page. What it shows is in the page, as JSON.
import type { PageData } from '../page-format.js';
import { clickChart, listenToControls } from './controls.js';
import { element } from './elements.js';
import { listenToKeyboard } from './keyboard.js';
import { PageModel } from './page-model.js';
import { listenToPointer } from './pointer.js';
import { TimelineView } from './timeline-view.js';

const data = JSON.parse(element('data', HTMLScriptElement).text) as PageData;
const view = new TimelineView(new PageModel(data));
listenToControls(view);
listenToKeyboard(view);
listenToPointer({
  chart: view.chart,
  overview: view.overviewCanvas,
  scroller: view.scroller,
  window: view.window,
  click: (y) => clickChart(view, y),
  redraw: view.redraw,
});
view.scroller.onscroll = view.redraw;
new ResizeObserver(() => view.arranged()).observe(view.scroller);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => view.recoloured());
