// 50,000 tasks: how long a frame takes while somebody scrolls, moves and zooms.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { launch, open, writePage } from './browser.mjs';

/**
 * Milliseconds of processor time that 95 of 100 frames stay below. 13 was measured beside other work, 22 on two cores with
 * twenty programs, for a load stretches processor time as well; a drawing that looked at all 50,000 rows would cost several
 * times as much. The time from frame to frame is told too, and not judged: others decide it.
 */
const LIMIT = 33;
const FRAMES = 120;

let browser;
let written;
before(async () => {
  written = await writePage('many-tasks.mts', 'many-tasks.html');
  browser = await launch();
});
after(() => browser?.close());

/** What the page's thread worked for each frame, in milliseconds: script, style, layout and painting are one task of it. */
function workOfFrames(events) {
  const frames = events.filter(({ name }) => name === 'FireAnimationFrame');
  const tasks = events
    .filter(({ name, ph, tdur }) => name === 'RunTask' && ph === 'X' && tdur !== undefined)
    .sort((a, b) => a.ts - b.ts);
  const around = new Set();
  for (const { pid, tid, ts } of frames) {
    const task = tasks.findLast((each) => each.pid === pid && each.tid === tid && each.ts <= ts);
    if (task !== undefined && task.ts + task.dur >= ts) around.add(task);
  }
  return [...around].map(({ tdur }) => tdur / 1000);
}

function quantile(times, part) {
  return times.toSorted((a, b) => a - b)[Math.floor(part * (times.length - 1))];
}

function told(times) {
  const [middle, most, longest] = [0.5, 0.95, 1].map((part) => quantile(times, part).toFixed(1));
  return `${middle} ms (median), ${most} ms (95 of 100), ${longest} ms (the longest)`;
}

it('50,000 tasks stay smooth', async (t) => {
  const { events, dropped, bytes } = JSON.parse(written.printed);
  assert.equal(dropped, 0);
  const begun = performance.now();
  const { page, faults } = await open(browser, written.file);
  const opened = performance.now() - begun;
  t.diagnostic(
    `${events} events, a page of ${(bytes / 1e6).toFixed(1)} MB, shown after ${opened.toFixed(0)} ms`,
  );
  const gestures = {
    // What a wheel and a mouse do, one event before each frame.
    scrolling: (frame) => {
      document.getElementById('scroller').scrollTop += frame < 60 ? 997 : 66;
    },
    zooming: (frame) => {
      const chart = document.getElementById('chart');
      const { left, top } = chart.getBoundingClientRect();
      const place = { clientX: left + 300, clientY: top + 200, bubbles: true, cancelable: true };
      chart.dispatchEvent(
        new WheelEvent('wheel', { ...place, ctrlKey: true, deltaY: frame < 60 ? -120 : 120 }),
      );
    },
    moving: (frame) => {
      const chart = document.getElementById('chart');
      const { left, top } = chart.getBoundingClientRect();
      const place = { clientX: left + 300, clientY: top + 200, bubbles: true, cancelable: true };
      if (frame < 20) chart.dispatchEvent(new WheelEvent('wheel', { ...place, ctrlKey: true, deltaY: -120 }));
      else
        chart.dispatchEvent(
          new WheelEvent('wheel', { ...place, shiftKey: true, deltaX: frame < 70 ? 60 : -60 }),
        );
    },
  };
  const slow = [];
  for (const [name, gesture] of Object.entries(gestures)) {
    await browser.startTracing(page, {
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'],
    });
    const intervals = await page.evaluate(
      ([source, frames]) =>
        new Promise((resolve) => {
          const gesture = new Function(`return (${source})`)();
          const times = [];
          let last;
          const step = (now) => {
            if (last !== undefined) times.push(now - last);
            last = now;
            if (times.length === frames) return resolve(times);
            gesture(times.length);
            requestAnimationFrame(step);
          };
          requestAnimationFrame(step);
        }),
      [String(gesture), FRAMES],
    );
    const work = workOfFrames(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
    t.diagnostic(`${name}: work for a frame: ${told(work)}; from frame to frame: ${told(intervals)}`);
    assert.ok(work.length >= FRAMES - 20, `only ${work.length} frames were traced`);
    if (quantile(work, 0.95) >= LIMIT) slow.push(`${name}: ${told(work)}`);
  }
  // What a change of everything costs: ordering and filtering anew, and searching.
  for (const [name, act] of [
    ['ordering', () => page.selectOption('#order', 'longest')],
    ['filtering', () => page.selectOption('#filter', 'trouble')],
    ['searching', () => page.fill('#search', 'item 4999')],
  ]) {
    const before = performance.now();
    await act();
    const took = performance.now() - before;
    t.diagnostic(`${name}: ${took.toFixed(0)} ms`);
    assert.ok(took < 1500, `${name} took ${took} ms`);
  }
  assert.deepEqual(slow, []);
  assert.deepEqual(faults, []);
});
