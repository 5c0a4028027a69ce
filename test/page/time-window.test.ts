import { expect, it } from 'vitest';
import { durationText, timeText } from '../../src/observable/exporters/page/duration-text.js';
import { ticks } from '../../src/observable/exporters/page/ticks.js';
import { TimeWindow } from '../../src/observable/exporters/page/time-window.js';

it('zooming keeps the centre where it is, and never leaves the recording', () => {
  const window = new TimeWindow(1000);
  window.zoom(0.5, 250);
  expect([window.from, window.to]).toEqual([125, 625]);
  expect(window.place(250, 800)).toBeCloseTo(200);
  expect(window.time(200, 800)).toBeCloseTo(250);
  window.pan(-5);
  expect([window.from, window.to]).toEqual([0, 500]);
  window.pan(5);
  expect([window.from, window.to]).toEqual([500, 1000]);
  window.zoom(100);
  expect([window.from, window.to]).toEqual([0, 1000]);
  window.show(10, 10);
  expect(window.size).toBeGreaterThan(0);
  expect(new TimeWindow(0).size).toBeGreaterThan(0);
});

it('ticks are round, inside, and not too close', () => {
  expect(ticks(0, 1000, 1000)).toEqual([0, 200, 400, 600, 800, 1000]);
  expect(ticks(123, 131, 500)).toEqual([124, 126, 128, 130]);
  expect(ticks(0, 1e-3, 300).length).toBeLessThan(4);
});

it('times for people', () => {
  expect([0.351, 57.4, 1020].map(durationText)).toEqual(['0.35 ms', '57 ms', '1.02 s']);
  expect([0.5, 200, 1200].map(timeText)).toEqual(['0.5 ms', '200 ms', '1.2 s']);
});
