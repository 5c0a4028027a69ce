import { checkMilliseconds, checkOptions, show } from '../core/checks.js';
import { defaultLoop } from '../core/default-loop.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { EventLoop } from '../core/event-loop.js';
import { addWaitProbe } from '../core/wait-probe.js';
import { type DumpOptions, printerOf } from './dump-on-signal.js';
import { circleText } from './knot-report.js';
import { aliveText } from './render-tree.js';
import { TaskTree } from './task-tree.js';
import { outermostRuns } from './wait-edges.js';

/** When a program counts as hanging. */
export interface HangOptions extends DumpOptions {
  /** For so long, in milliseconds, no task has begun, gone on, begun to wait or ended, though some are alive. */
  readonly after: number;
  /** The loop that is watched; by default the platform's. */
  readonly loop?: EventLoop | undefined;
}

/**
 * Prints the task tree when a program makes no progress: tasks are alive, and for `after` milliseconds none of them began,
 * went on after a wait, began one, or ended. It also says if there is a circle among those who wait. Printed once for each
 * time that the program stands still.
 *
 * A program that sleeps, or waits for a client, stands still too: take a time that is longer than any quiet that is right.
 * Its timer does not keep the process alive. It runs on the loop that it watches, so it cannot notice a thread that is
 * blocked while it is: debug mode names such a step when it is over.
 *
 * @returns stops watching when disposed of.
 * @throws InvalidArgumentError for a time that is not above zero, or not finite.
 * @example
 * ```ts
 * import { dumpOnHang } from 'skein/diagnostics';
 *
 * const watching = dumpOnHang({ after: 30_000 });
 * await run(() => sleep(1));
 * watching[Symbol.dispose]();
 * ```
 */
export function dumpOnHang(options: HangOptions): Disposable {
  checkOptions('dumpOnHang', options);
  const { after, loop = defaultLoop() } = options;
  checkMilliseconds('dumpOnHang: after in ms', after);
  if (after === 0 || after === Number.POSITIVE_INFINITY) {
    throw new InvalidArgumentError(
      `dumpOnHang: after is a number of milliseconds above zero, and was ${show(after)}; write { after: 30_000 }`,
    );
  }
  const print = printerOf('dumpOnHang(options)', options);
  let steps = 0;
  const step = (): void => {
    steps++;
  };
  const removeProbe = addWaitProbe({ began: step, ended: step });
  /** What progress has come to; it only ever changes. */
  const progress = (): string => {
    const { tasksRun, tasksAlive } = loop.stats();
    return `${steps} ${tasksRun} ${tasksAlive}`;
  };
  let seen = progress();
  let since = loop.now();
  let told = false;
  const look = (): void => {
    const now = progress();
    if (now !== seen) {
      seen = now;
      since = loop.now();
      told = false;
      return;
    }
    const runs = outermostRuns().filter((run) => run.realm.loop === loop);
    if (told || runs.length === 0 || loop.now() - since < after) return;
    told = true;
    const circles = runs.map(circleText).filter((text) => text !== undefined);
    const tree = new TaskTree(runs);
    print(
      [
        `skein: no step for ${Math.round(loop.now() - since)} ms, ${aliveText(tree.taskCount)}`,
        tree.toString(),
        ...circles,
      ].join('\n'),
    );
  };
  // Four looks in the time: it is told at most a quarter of it late.
  const timer = loop.addTimer(after / 4, look, { repeat: true, ref: false });
  return {
    [Symbol.dispose]: () => {
      loop.clearTimer(timer);
      removeProbe();
    },
  };
}
