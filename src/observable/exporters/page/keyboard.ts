import { ROW_HEIGHT } from './row-geometry.js';
import type { TimelineView } from './timeline-view.js';

/** The keys of the page; timeline-page.ts tells them to the reader. */
export function listenToKeyboard(view: TimelineView): void {
  view.treeBox.addEventListener('keydown', (event) => {
    const action = treeAction(view, event);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  view.panelBox.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') view.treeBox.focus();
  });
  addEventListener('keydown', (event) => {
    const isText = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (isText || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = pageAction(view, event.key);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

type Action = () => void;

function pageAction(view: TimelineView, key: string): Action | undefined {
  switch (key) {
    case '+':
    case '=':
      return () => view.zoom(0.5);
    case '-':
      return () => view.zoom(2);
    case '0':
      return () => view.showAll();
    case 'c':
      return () => view.togglePath();
    case ']':
      return () => view.stepPath(1);
    case '[':
      return () => view.stepPath(-1);
    case '/':
      return () => document.getElementById('search')?.focus();
    default:
      return undefined;
  }
}

function treeAction(view: TimelineView, { key, shiftKey }: KeyboardEvent): Action | undefined {
  if (shiftKey && key === 'ArrowLeft') return () => view.pan(-0.25);
  if (shiftKey && key === 'ArrowRight') return () => view.pan(0.25);
  return moveAction(view, key) ?? rowAction(view, key);
}

/** To another row. */
function moveAction(view: TimelineView, key: string): Action | undefined {
  const { rows, pickedRow } = view;
  const at = pickedRow === undefined ? -1 : rows.positions[pickedRow.index]!;
  const page = Math.max(1, Math.floor(view.scroller.clientHeight / ROW_HEIGHT) - 2);
  const places: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows.length - 1,
    PageDown: at + page,
    PageUp: at - page,
  };
  const place = places[key];
  if (place === undefined) return undefined;
  return () => {
    const row = rows.at(Math.max(0, Math.min(rows.length - 1, place)));
    if (row !== undefined) view.goTo(row.index);
  };
}

/** To do with the picked row. */
function rowAction(view: TimelineView, key: string): Action | undefined {
  const row = view.pickedRow;
  if (row === undefined) return undefined;
  switch (key) {
    case 'ArrowLeft':
      if (row.children.length > 0 && !view.rows.isFolded(row)) return () => view.fold(row, true);
      return row.around < 0 ? undefined : () => view.goTo(row.around);
    case 'ArrowRight':
      return view.rows.isFolded(row) ? () => view.fold(row, false) : undefined;
    case 'Enter':
      return () => view.panelBox.focus();
    case 'f':
      return () => view.fit(row);
    case 'Escape':
      return () => view.pick(undefined);
    default:
      return undefined;
  }
}
