import { timeWidth } from './row-geometry.js';
import type { TimeWindow } from './time-window.js';

/** What the pointer can do with the chart. */
export interface PointerTarget {
  readonly chart: HTMLCanvasElement;
  readonly overview: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly window: TimeWindow;
  /** A click on the chart, this far below its top. */
  click(y: number): void;
  redraw(): void;
}

/** So far a finger or a mouse may move in a click. */
const STILL = 4;
const WHEEL = 1.0018;

/** Dragging moves, a second finger zooms, Ctrl and the wheel zoom; on the overview dragging chooses a stretch. */
export function listenToPointer(target: PointerTarget): void {
  listenToWheel(target);
  listenToDrag(target);
  listenToOverview(target);
}

function listenToWheel({ chart, overview, window, redraw }: PointerTarget): void {
  const onWheel = (event: WheelEvent): void => {
    const { width, left } = chart.getBoundingClientRect();
    const onOverview = event.currentTarget === overview;
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.ctrlKey || event.altKey || onOverview) {
      const centre = onOverview ? undefined : window.time(event.clientX - left, timeWidth(width));
      window.zoom(WHEEL ** event.deltaY, centre);
    } else if (sideways) window.pan((event.deltaX || event.deltaY) / timeWidth(width));
    else return;
    event.preventDefault();
    redraw();
  };
  for (const canvas of [chart, overview]) canvas.addEventListener('wheel', onWheel, { passive: false });
}

function listenToDrag(target: PointerTarget): void {
  const { chart, window, scroller } = target;
  const down = new Map<number, PointerEvent>();
  let moved = 0;
  chart.onpointerdown = (event) => {
    chart.setPointerCapture(event.pointerId);
    down.set(event.pointerId, event);
    moved = down.size > 1 ? STILL : 0;
  };
  chart.onpointermove = (event) => {
    const before = down.get(event.pointerId);
    if (before === undefined) return;
    down.set(event.pointerId, event);
    const across = event.clientX - before.clientX;
    const downward = event.clientY - before.clientY;
    moved += Math.abs(across) + Math.abs(downward);
    if (moved < STILL) return;
    const other = [...down.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other === undefined) {
      window.pan(-across / timeWidth(chart.clientWidth));
      scroller.scrollTop -= downward;
    } else pinch(target, before, event, other);
    target.redraw();
  };
  chart.onpointerup = (event) => {
    if (down.delete(event.pointerId) && moved < STILL) target.click(event.offsetY);
  };
  chart.onpointercancel = (event) => void down.delete(event.pointerId);
}

/** What was between two fingers stays between them. */
function pinch(
  { chart, window }: PointerTarget,
  before: PointerEvent,
  now: PointerEvent,
  other: PointerEvent,
): void {
  const apart = (event: PointerEvent): number => Math.max(20, Math.abs(event.clientX - other.clientX));
  const { left, width } = chart.getBoundingClientRect();
  window.zoom(apart(before) / apart(now), window.time(other.clientX - left, timeWidth(width)));
}

function listenToOverview({ overview, window, redraw }: PointerTarget): void {
  overview.onpointerdown = (down) => {
    overview.setPointerCapture(down.pointerId);
    const timeAt = (event: PointerEvent): number => (event.offsetX / overview.clientWidth) * window.whole;
    const begin = timeAt(down);
    overview.onpointermove = (event) => {
      const end = timeAt(event);
      if (Math.abs(end - begin) < window.whole / 500) return;
      window.show(Math.min(begin, end), Math.max(begin, end));
      redraw();
    };
    overview.onpointerup = () => {
      overview.onpointermove = null;
    };
  };
}
