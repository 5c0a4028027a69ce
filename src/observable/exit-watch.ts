import type { Lifetime } from '../core/lifetime.js';
import { environmentVariable } from '../core/platform/environment.js';
import { outermostRuns } from './wait-edges.js';

/**
 * A program that waits for nothing says so: when the process is about to exit by itself while a run is alive, its wait graph
 * is printed once, and the exit code is not 0.
 *
 *     beforeExit ──a run is alive──▶ the report is loaded ──beforeExit again──▶ still alive: printed, exit code 13
 *         └── none: nothing happens           └── another listener woke it: it goes on
 *
 * One listener for the process, installed by the first run: nothing is kept alive, and nothing is paid for a task.
 */

/** What Node itself exits with when the top level awaits what is never settled. */
const EXIT_CODE = 13;

interface ExitingProcess {
  on?(event: 'beforeExit', listener: () => void): void;
  exitCode?: unknown;
}

let watching = false;
let report: ((run: Lifetime) => string) | undefined;
const told = new WeakSet<Lifetime>();

/** Called by each run; the first one installs the listener. */
export function watchExit(): void {
  if (watching) return;
  watching = true;
  const host = (globalThis as { process?: ExitingProcess }).process;
  if (typeof host?.on === 'function') host.on('beforeExit', () => beforeExit(host));
}

function beforeExit(host: ExitingProcess): void {
  const stuck = outermostRuns().filter((run) => !told.has(run) && isStuck(run));
  if (stuck.length === 0 || environmentVariable('SKEIN_EXIT_REPORT') === '0') return;
  if (report === undefined) {
    load();
    return;
  }
  for (const run of stuck) {
    told.add(run);
    console.error(report(run));
  }
  if (host.exitCode === undefined || host.exitCode === 0) host.exitCode = EXIT_CODE;
}

/** On a clock that nobody moves, what is timed is not stuck; on the host's own it would keep the process alive. */
function isStuck(run: Lifetime): boolean {
  const { loop } = run.realm;
  if (loop.kind === 'node') return true;
  const { timers, ready } = loop.stats();
  return timers === 0 && ready === 0;
}

/** Loads the report; the process goes on until it is there, and then comes to its end a second time. */
function load(): void {
  const alive = setInterval(() => {}, 1000);
  const ready = (make: (run: Lifetime) => string): void => {
    report = make;
    clearInterval(alive);
    setImmediate(() => {});
  };
  import('./knot-report.js').then(
    ({ knotReport }) => ready(knotReport),
    () =>
      ready(
        (run) =>
          `skein: the process is about to exit, but ${run.label} cannot end: nothing is left that could wake it.`,
      ),
  );
}
