import type { EventLoop } from 'skein';
import { VirtualLoop } from 'skein';
import { ExploringLoop } from '../../src/testing/exploring-loop.js';
import { hostTurn } from '../../src/testing/microtasks.js';
import type { Strategy } from '../../src/testing/strategy.js';
import { waitsForForeign } from '../../src/testing/wait-report.js';

/**
 * On which loop the conformance tests run. By default it is a `VirtualLoop`, which does what the real one does, on a clock
 * that stands still. In the project `exploration` (see exploration-runner.ts) it is a loop on which a strategy decides who
 * goes next, and each test runs again and again, under another schedule each time.
 */
export interface TestLoop extends EventLoop {
  advance(ms: number): Promise<void>;
  settle(): Promise<void>;
  drive<T>(done: PromiseLike<T>): Promise<T>;
}

interface Exploration {
  /** Makes the strategy for the next loop; null: there is none, and loops are as usual. */
  make: (() => Strategy) | null;
  /** The loops that were made in this run of a test. */
  readonly loops: { readonly fingerprint: number }[];
  /** Under so many schedules this run of a test has explored programs by itself. */
  explored: number;
  /** Called before each run of a test: what is collected for one test is for one run then. */
  readonly forget: (() => void)[];
}

/** The runner has modules of its own, so what it shares with the tests stands in the one global object. */
const shared = globalThis as { skeinExploration?: Exploration };
shared.skeinExploration ??= { make: null, loops: [], explored: 0, forget: [] };
const state = shared.skeinExploration;

/** A loop for one program. */
export function makeLoop(): TestLoop {
  if (state.make === null) return new VirtualLoop();
  const loop = new ExploredLoop(state.make());
  state.loops.push(loop);
  return loop;
}

/** Has something called before each run of a test. */
export function beforeEachSchedule(forget: () => void): void {
  state.forget.push(forget);
}

/** Notes that a test has explored a program by itself, under so many schedules. */
export function noteExplored(runs: number): void {
  state.explored += runs;
}

/**
 * Runs a test with its programs under the strategies that `make` makes. `fingerprint` tells one list of the schedules that they
 * had from another; `explored` is what the test has noted.
 */
export async function withStrategy(
  make: () => Strategy,
  test: () => Promise<void>,
): Promise<{ fingerprint: string; explored: number }> {
  state.loops.length = 0;
  state.explored = 0;
  state.make = make;
  for (const forget of state.forget) forget();
  try {
    await test();
  } finally {
    state.make = null;
  }
  return { fingerprint: state.loops.map((loop) => loop.fingerprint).join(), explored: state.explored };
}

/** So many steps are a program that goes on for ever. */
const MOST_STEPS = 1_000_000;

class ExploredLoop extends ExploringLoop implements TestLoop {
  async settle(): Promise<void> {
    do {
      await this.untilNothingIsReady();
      // The host's turn costs as much as a whole small program, and only what is foreign needs it.
      if (waitsForForeign(this)) await hostTurn();
    } while (this.stats().ready > 0);
  }

  async advance(ms: number): Promise<void> {
    const target = this.now() + ms;
    await this.settle();
    while (this.openInstant(target)) await this.settle();
    if (target !== Number.POSITIVE_INFINITY) this.moveTo(target);
  }

  async drive<T>(done: PromiseLike<T>): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    done.then(mark, mark);
    for (;;) {
      await this.settle();
      if (settled) return await done;
      if (!settled && !this.openInstant()) await hostTurn();
    }
  }

  private async untilNothingIsReady(): Promise<void> {
    await new Promise<void>((resolve) => this.takeSteps(MOST_STEPS, resolve));
    if (this.uncaught !== null) throw this.uncaught.error;
    if (this.steps.length >= MOST_STEPS) throw new Error(`${MOST_STEPS} steps, and no end`);
  }
}
