import { Observable, run, sleep, spawn, TaskGroup, VirtualLoop } from 'skein';
import { type MetricFamily, type Metrics, type MetricsOptions, metrics } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { Histogram } from '../../src/observable/metrics/histogram.js';
import { prometheusText } from '../../src/observable/metrics/prometheus-text.js';
import { kinds } from '../core/support.js';
import { parsePrometheus, type Sample } from './prometheus-parser.js';

/** Measures a program on a clock of its own. */
async function measured(main: () => unknown, options: MetricsOptions = {}): Promise<Metrics> {
  const loop = new VirtualLoop();
  const found = metrics({ loop, ...options });
  await loop.drive(run(main, { loop, name: 'program' }));
  found.stop();
  return found;
}

/** The value of a sample, which has to be there once. */
function value(found: Metrics, name: string, labels: Record<string, string> = {}): number {
  const samples = [...parsePrometheus(found.toPrometheus()).values()].flatMap((family) => family.samples);
  const fits = (sample: Sample): boolean =>
    sample.name === name &&
    JSON.stringify(Object.entries(sample.labels).sort()) === JSON.stringify(Object.entries(labels).sort());
  const fitting = samples.filter(fits);
  expect(fitting, `${name} ${JSON.stringify(labels)}`).toHaveLength(1);
  return fitting[0]!.value;
}

describe.each(kinds)('metrics() of $kind bodies', ({ body }) => {
  it('counts tasks by their final state, and how long they waited and took, in seconds', async () => {
    const found = await measured(
      body(function* () {
        yield TaskGroup.run(
          (group) => {
            for (let i = 0; i < 3; i++) {
              group.spawn(
                body(function* () {
                  yield sleep(200);
                }),
                'job',
              );
            }
          },
          { concurrency: 1 },
        );
        const failing = spawn(
          body(function* (): Generator<never, void, never> {
            throw new Error('no');
          }),
        );
        yield failing.catch(() => {});
        const running = spawn(() => sleep(1000));
        yield sleep(1);
        running.cancel();
        yield running.catch(() => {});
        spawn(() => {}).cancel();
        yield sleep(1);
      }),
      { buckets: [100, 250, 500] },
    );
    expect(value(found, 'skein_tasks_created_total')).toBe(7);
    expect(value(found, 'skein_tasks_ended_total', { state: 'completed' })).toBe(4);
    expect(value(found, 'skein_tasks_ended_total', { state: 'failed' })).toBe(1);
    expect(value(found, 'skein_tasks_ended_total', { state: 'cancelled' })).toBe(2);
    // The three jobs waited 0, 0.2 and 0.4 s; the others 0. The one that was cancelled before it began never started.
    const waited = (le: string): number => value(found, 'skein_task_wait_seconds_bucket', { le });
    expect(['0.1', '0.25', '0.5', '+Inf'].map(waited)).toEqual([4, 5, 6, 6]);
    expect(value(found, 'skein_task_wait_seconds_sum')).toBeCloseTo(0.6);
    expect(value(found, 'skein_task_wait_seconds_count')).toBe(6);
    // Three took 0.2 s, and the program 0.6 s and a little.
    const took = (le: string): number => value(found, 'skein_task_run_seconds_bucket', { le });
    expect(['0.1', '0.25', '0.5', '+Inf'].map(took)).toEqual([2, 5, 5, 6]);
    expect(value(found, 'skein_task_run_seconds_sum')).toBeCloseTo(0.6 + 0.001 + 0.602);
  });

  it('tells what is alive, what is older than the metrics included', async () => {
    const loop = new VirtualLoop();
    let found: Metrics | undefined;
    await loop.drive(
      run(
        body(function* () {
          spawn(() => sleep(5), 'old');
          yield sleep(1);
          found = metrics({ loop });
          spawn(() => sleep(5), 'young');
          expect(value(found, 'skein_tasks_alive', { state: 'running' })).toBe(2);
          expect(value(found, 'skein_tasks_alive', { state: 'pending' })).toBe(1);
          yield sleep(1);
        }),
        { loop },
      ),
    );
    expect(value(found!, 'skein_tasks_alive', { state: 'running' })).toBe(0);
    found!.stop();
  });
});

describe('metrics()', () => {
  it('tells names apart if asked to, and no more than so many: the labels are bounded', async () => {
    const found = await measured(
      async () => {
        for (const name of ['b', 'a', 'a', 'c', 'd', undefined]) {
          spawn(() => {}, name === undefined ? {} : { name });
        }
        await sleep(1);
      },
      { names: 3 },
    );
    const created = found.read().find(({ name }) => name === 'skein_tasks_created_total') as MetricFamily & {
      type: 'counter';
    };
    expect(created.values.map(({ labels, value }) => [labels['name'], value])).toEqual([
      ['program', 1],
      ['b', 1],
      ['a', 2],
      ['(other)', 2],
      ['(unnamed)', 1],
    ]);
    expect(value(found, 'skein_tasks_ended_total', { name: 'a', state: 'completed' })).toBe(2);
    expect(value(found, 'skein_task_run_seconds_count', { name: 'a' })).toBe(2);
    expect(value(found, 'skein_task_run_seconds_bucket', { name: '(other)', le: '+Inf' })).toBe(2);
  });

  it('its size does not grow with the program', async () => {
    const size = async (tasks: number): Promise<number> => {
      const found = await measured(
        async () => {
          for (let i = 0; i < tasks; i++) await spawn(() => {}, `fetch ${i}`);
        },
        { names: 5 },
      );
      return found.toPrometheus().split('\n').length;
    };
    expect(await size(100)).toBe(await size(1000));
  });

  it('shows what has not happened yet as 0, so that a rate has a first value', async () => {
    const found = await measured(() => 1);
    expect(value(found, 'skein_tasks_ended_total', { state: 'failed' })).toBe(0);
    expect(value(found, 'skein_task_wait_seconds_count')).toBe(1);
  });

  it('looks at the loop: how late its timers fire, and how many jobs are ready then', async () => {
    const loop = new VirtualLoop();
    const found = metrics({ loop, interval: 100, buckets: [10, 1000] });
    await loop.advance(450);
    expect(value(found, 'skein_loop_delay_seconds_count')).toBe(4);
    expect(value(found, 'skein_loop_delay_seconds_bucket', { le: '0.01' })).toBe(4);
    expect(value(found, 'skein_loop_ready_queue_depth_bucket', { le: '0' })).toBe(4);
    for (let i = 0; i < 5; i++) loop.addTimer(50, () => loop.schedule(() => {}));
    await loop.advance(50);
    expect(value(found, 'skein_loop_ready_queue_depth_count')).toBe(5);
    expect(value(found, 'skein_loop_timers')).toBe(1);
    found.stop();
    expect(loop.stats().timers).toBe(0);
  });

  it('a loop that is kept busy is late by that', async () => {
    const loop = new VirtualLoop();
    let now = 0;
    const busy = { ...pick(loop), now: () => now } as unknown as VirtualLoop;
    const found = metrics({ loop: busy, interval: 100, buckets: [10, 1000] });
    now = 400;
    await loop.advance(100);
    expect(value(found, 'skein_loop_delay_seconds_sum')).toBeCloseTo(0.3);
    found.stop();
  });

  it('O1: stopped, nothing is left: no sink, no timer; and it does not look like an observer', async () => {
    const found = metrics();
    expect([events.enabled, Observable.instance.isEnabled]).toEqual([true, false]);
    found.stop();
    found.stop();
    found[Symbol.dispose]();
    expect(events.enabled).toBe(false);
  });

  it.each([
    [{ names: -1 }, /names/],
    [{ names: Number.POSITIVE_INFINITY }, /names bounds the memory/],
    [{ buckets: [] }, /buckets/],
    [{ buckets: [2, 1] }, /ascending/],
    [{ buckets: [1, Number.NaN] }, /finite and ascending/],
    [{ interval: 0 }, /interval is a number of milliseconds above zero/],
    [{ interval: -1 }, /interval/],
    [null, /options/],
  ])('E5: %o is refused', (options, message) => {
    expect(() => metrics(options as never)).toThrow(message);
    expect(events.enabled).toBe(false);
  });
});

/** The methods of a loop, bound to it. */
function pick(loop: VirtualLoop): object {
  return {
    kind: loop.kind,
    stats: () => loop.stats(),
    addTimer: loop.addTimer.bind(loop),
    clearTimer: loop.clearTimer.bind(loop),
  };
}

describe('a histogram', () => {
  it('puts a value that equals a bound into its bucket, and what is above the last into the one beyond', () => {
    const histogram = new Histogram([1, 10]);
    for (const value of [0, 1, 1.5, 10, 11, 1000]) histogram.observe(value);
    expect(histogram.read({}, 1)).toEqual({
      labels: {},
      count: 6,
      sum: 1023.5,
      buckets: [
        { bound: 1, count: 2 },
        { bound: 10, count: 4 },
        { bound: Number.POSITIVE_INFINITY, count: 6 },
      ],
    });
  });
});

describe('the text format of Prometheus', () => {
  it('is what a scraper reads: help, type, cumulative buckets, sum and count, every name and its unit', async () => {
    const found = await measured(async () => void (await spawn(() => sleep(1), 'a')), { names: 10 });
    const families = parsePrometheus(found.toPrometheus());
    for (const { name, help, type } of families.values()) {
      expect(name).toMatch(/^skein_(tasks?|loop)_/);
      expect(help).toMatch(/\.$/);
      expect(type).not.toBe('untyped');
      expect(name.endsWith('_total')).toBe(type === 'counter');
    }
    expect([...families.values()].map(({ name, type }) => `${name} ${type}`)).toEqual(
      found.read().map(({ name, type }) => `${name} ${type}`),
    );
    expect(found.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('escapes what would end a label or a line', () => {
    const odd = 'a "quoted" \\ back\nslash, {and} more=1';
    const families: MetricFamily[] = [
      {
        name: 'odd_total',
        help: 'Odd \\ and\nlong "help".',
        type: 'counter',
        values: [{ labels: { name: odd }, value: 1 }],
      },
    ];
    const text = prometheusText(families);
    expect(text).toBe(
      '# HELP odd_total Odd \\\\ and\\nlong "help".\n# TYPE odd_total counter\n' +
        'odd_total{name="a \\"quoted\\" \\\\ back\\nslash, {and} more=1"} 1\n',
    );
    const read = parsePrometheus(text).get('odd_total')!;
    expect([read.help, read.samples[0]!.labels['name']]).toEqual(['Odd \\ and\nlong "help".', odd]);
  });

  it.each([
    [1e21, '1e+21'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
    [0.1, '0.1'],
  ])('writes %d as %s', (value, shown) => {
    const text = prometheusText([{ name: 'n', help: 'N.', type: 'gauge', values: [{ labels: {}, value }] }]);
    expect(text).toContain(`\nn ${shown}\n`);
    expect(parsePrometheus(text).get('n')!.samples[0]!.value).toBe(value);
  });
});
