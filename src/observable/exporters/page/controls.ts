import { element } from './elements.js';
import { ROW_HEIGHT, RULER_HEIGHT } from './row-geometry.js';
import type { RowFilter, RowOrder } from './row-list.js';
import type { TimelineView } from './timeline-view.js';

/** The buttons, the fields, and clicks on names. */
export function listenToControls(view: TimelineView): void {
  element('in', HTMLButtonElement).onclick = () => view.zoom(0.5);
  element('out', HTMLButtonElement).onclick = () => view.zoom(2);
  element('fit', HTMLButtonElement).onclick = () => view.showAll();
  element('path', HTMLButtonElement).onclick = () => view.togglePath();

  const order = element('order', HTMLSelectElement);
  order.onchange = () => {
    view.rows.setOrder(order.value as RowOrder);
    view.arranged();
  };
  const filter = element('filter', HTMLSelectElement);
  filter.onchange = () => {
    view.rows.setFilter(filter.value as RowFilter);
    view.say(filter.value === 'all' ? '' : `${view.rows.matching} of ${view.model.rows.length} rows`);
    view.scroller.scrollTop = 0;
    view.arranged();
  };

  const search = element('search', HTMLInputElement);
  search.oninput = () => view.find(search.value);
  search.onkeydown = (event) => {
    if (event.key === 'Enter') view.findNext(event.shiftKey);
    if (event.key !== 'Escape') return;
    search.value = '';
    view.find('');
    view.treeBox.focus();
  };

  view.treeBox.onclick = (event) => {
    if (!(event.target instanceof HTMLElement)) return;
    const item = event.target.closest<HTMLElement>('[data-row]');
    const row = view.model.rows[Number(item?.dataset['row'] ?? Number.NaN)];
    if (row === undefined) return;
    if (event.target.localName === 'i') view.fold(row, !view.rows.isFolded(row));
    view.pick(row);
    view.treeBox.focus();
  };
}

/** A click on the chart, this far below its top. */
export function clickChart(view: TimelineView, y: number): void {
  if (y < RULER_HEIGHT) return;
  const row = view.rows.at(Math.floor((y - RULER_HEIGHT + view.scroller.scrollTop) / ROW_HEIGHT));
  if (row === undefined) return;
  view.pick(row);
  view.treeBox.focus({ preventScroll: true });
}
