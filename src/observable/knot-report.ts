import { debug } from '../core/debug.js';
import type { Lifetime } from '../core/lifetime.js';
import { renderTree } from './render-tree.js';
import { TaskTree } from './task-tree.js';
import { circleFrom } from './wait-edges.js';

/** So many tasks and scopes of a knot are written out. */
const MOST = 60;

/** The circle in what a run waits for, in words; undefined if there is none. */
export function circleText(run: Lifetime): string | undefined {
  const circle = circleFrom(run);
  if (circle === undefined) return undefined;
  return `the circle: ${[...circle, circle[0]!].map(({ label }) => label).join(' waits for ')}`;
}

/** What is told of a run that nothing can wake: who waits for what, the circle if there is one, and what to do. */
export function knotReport(run: Lifetime): string {
  const tree = new TaskTree([run]);
  const tasks = tree.taskCount === 1 ? '1 task' : `${tree.taskCount} tasks`;
  const circle = circleText(run);
  const advice =
    circle === undefined
      ? 'Nothing is left that could settle these waits. Close a queue when its last producer is done, set the event on every ' +
        'path, look for a promise that is never resolved; or give the wait a time limit: withTimeout(ms, work).'
      : 'Each waits for the next, so none can go on. Take locks in the same order everywhere, or let go of one before ' +
        'waiting for another.';
  return (
    `skein: the process is about to exit, but ${tasks} of ${run.label} cannot end, for nothing is left that could wake ` +
    `them.\n${indented(renderTree(tree.runs, MOST))}\n` +
    (circle === undefined ? '' : `  ${circle}\n`) +
    `  ${advice}` +
    (debug.enabled ? '' : '\n  SKEIN_DEBUG=1 shows where each wait was begun, and since when it lasts.')
  );
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
