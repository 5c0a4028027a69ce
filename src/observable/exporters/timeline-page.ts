import { checkCount, checkOptions, show } from '../../core/checks.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { Timeline } from '../recorders/record-timeline.js';
import { pageData } from './page-data.js';
import type { PageData } from './page-format.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';

/** How the page looks at first. */
export interface TimelinePageOptions {
  /** The names of scopes and groups whose tasks are folded away until they are asked for. */
  readonly folded?: readonly string[] | undefined;
  /** How many levels of the tree are open at first; the deeper ones are folded. 100 by default. */
  readonly depth?: number | undefined;
}

const DEPTH = 100;

/**
 * A recording as one HTML page that needs nothing else: a timeline of the task tree that can be zoomed, searched and
 * walked through with the keyboard, with the critical path of the run.
 *
 * A bar is solid where its task ran (or awaited a promise that is not skein's), hatched where it waited, dotted where it
 * was queued; failed tasks are red with a cross, cancelled ones are striped, and what took much longer than its siblings is
 * marked.
 *
 * @throws InvalidArgumentError for what is no timeline, and for options that cannot be meant.
 * @example
 * ```ts
 * import { recordTimeline, timelinePage } from 'skein/diagnostics';
 *
 * const timeline = recordTimeline({ name: 'demo' });
 * await run(() => sleep(1));
 * timeline.stop();
 * const page = timelinePage(timeline); // for demo.html
 * ```
 */
export function timelinePage(timeline: Timeline, options: TimelinePageOptions = {}): string {
  if (!(timeline instanceof Timeline)) {
    throw new InvalidArgumentError(
      'timelinePage(timeline) takes what recordTimeline() returned; write timelinePage(timeline)',
    );
  }
  checkOptions('timelinePage(timeline, options)', options);
  const { folded = [], depth = DEPTH } = options;
  if (!Array.isArray(folded)) {
    throw new InvalidArgumentError(
      `timelinePage: folded is an array of names, and was ${show(folded)}; write { folded: ['pool'] }`,
    );
  }
  checkCount('timelinePage: depth', depth, 0);
  const data = pageData(timeline, folded, depth);
  const title = escapeHtml(data.name);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${title}: timeline</title>
<style>${pageStyle}</style>
<header>
<h1>${title}</h1>
<p>${escapeHtml(summary(data))}</p>
<div class="tools" role="toolbar" aria-label="View">
<label>Search <input id="search" type="search" size="16"></label>
<label>Show <select id="filter">${choices(filters)}</select></label>
<label>Order <select id="order">${choices(orders)}</select></label>
<button id="path" aria-pressed="true">Critical path</button>
<button id="in" aria-label="Zoom in">+</button><button id="out" aria-label="Zoom out">−</button><button id="fit">Whole run</button>
</div>
</header>
<div class="legend">${legend
    .map(([fill, text]) => `<span><canvas data-fill="${fill}" aria-hidden="true"></canvas>${text}</span>`)
    .join('\n')}
<span><b aria-hidden="true">◆</b> slow beside its siblings</span>
<span id="status" role="status"></span></div>
<main>
<div id="charts">
<canvas id="overview" role="img" aria-label="How many tasks ran and were queued at each time; drag to zoom"></canvas>
<div id="scroller" tabindex="-1"><div id="sticky"><div id="tree" role="tree" tabindex="0" aria-label="Tasks and scopes" aria-describedby="keys"></div>
<canvas id="chart" role="img" aria-label="The timeline; the tree beside it says the same in words"></canvas></div><div id="spacer"></div></div>
</div>
<aside id="panel" role="region" aria-labelledby="panel-title" tabindex="-1" hidden></aside>
</main>
<footer id="keys">Arrow keys walk the tree, Enter goes to the panel, Escape back; + − 0 zoom, Shift and arrows move, f shows the picked task whole, c the critical path, [ ] its steps, / searches.</footer>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${pageScript}</script>
</html>
`;
}

function choices(of: readonly (readonly [value: string, text: string])[]): string {
  return of.map(([value, text]) => `<option value="${value}">${text}</option>`).join('');
}

/** The values are those of page/row-list.ts. */
const filters = [
  ['all', 'everything'],
  ['path', 'the critical path'],
  ['slow', 'what was slow'],
  ['queued', 'what was queued'],
  ['trouble', 'failed and cancelled'],
] as const;

const orders = [
  ['start', 'by start'],
  ['longest', 'longest first'],
  ['queued', 'longest queued first'],
] as const;

/** The fills are those of page/palette.ts. */
const legend = [
  ['ran', 'ran'],
  ['waited', 'waited'],
  ['queued', 'queued for its turn or a slot'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['path', 'critical path'],
] as const;

function summary({ duration, dropped, rows }: PageData): string {
  const counts = new Map<string, number>();
  let tasks = 0;
  for (const { kind, state } of rows) {
    if (kind !== 'task') continue;
    tasks++;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const states = [...counts].map(([state, count]) => `${count.toLocaleString('en')} ${state}`).join(', ');
  const lost = dropped === 0 ? '' : `; ${dropped.toLocaleString('en')} events were dropped, the oldest first`;
  return `${(duration / 1000).toFixed(3)} s, ${tasks.toLocaleString('en')} tasks: ${states}${lost}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
