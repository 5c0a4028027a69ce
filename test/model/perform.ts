import { run, type Task, VirtualLoop } from '../../src/index.js';
import { Actor } from './actor.js';
import type { Body } from './program.js';
import { fault, followers, text } from './seen.js';

/**
 * Runs a program on skein, on a virtual clock, and writes down what happens: each line has the time and what was seen.
 * The interpreter has to be able to write the same lines in the same order.
 */

/** When the whole program is cancelled by its own deadline, so that tasks that wait for each other come to an end. */
export const PROGRAM_TIMEOUT = 100;

export async function perform(main: Body): Promise<string[]> {
  const loop = new VirtualLoop();
  const lines: string[] = [];
  const note = (what: string): void => {
    lines.push(`${loop.now()} ${what}`);
  };
  const actor = new Actor(note);
  const observer = {
    // Errors that followed another are told here, and so need no warning.
    onScopeEvent: () => {},
    onTaskEvent: ({ type, task, error }: { type: string; task: Task<unknown>; error?: unknown }) => {
      const at = Number(task.name.slice(1));
      if (type === 'created') actor.tasks.push({ at, task });
      else if (type !== 'started') {
        note(`task ${at} ${type}${type === 'completed' ? '' : ` ${fault(error)}`}`);
      }
    },
  };
  let settled = false;
  let thrown: unknown;
  run(actor.main(main), {
    loop,
    name: 't0',
    timeout: PROGRAM_TIMEOUT,
    cleanupTimeout: Number.POSITIVE_INFINITY,
    observers: [observer],
  }).then(
    (value) => {
      settled = true;
      lines.push(`run completed ${text(value)}`);
    },
    (error: unknown) => {
      settled = true;
      thrown = error;
      lines.push(`run failed ${fault(error)}`);
    },
  );
  await loop.settle();
  while (!settled && loop.nextTimer !== Number.POSITIVE_INFINITY) {
    await loop.advance(loop.nextTimer - loop.now());
  }
  if (!settled) return [...lines, 'stuck'];
  const { timers, ready, tasksAlive } = loop.stats();
  if (timers + ready + tasksAlive > 0)
    lines.push(`left: ${timers} timers, ${ready} ready, ${tasksAlive} tasks`);
  for (const { at, task } of actor.tasks) {
    const { state } = task;
    const error = state === 'completed' ? '' : ` ${fault(task.error)}${followers(task.error)}`;
    lines.push(`finally task ${at} ${state}${error}`);
  }
  lines.push(`finally ${actor.remains()}${followers(thrown)}`);
  return lines;
}
