import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ContextVar,
  run,
  type SpawnOptions,
  shield,
  sleep,
  spawn,
  type Task,
  TaskGroup,
  VirtualLoop,
} from 'skein';
import {
  type SpanAttributes,
  type TaskSpan,
  type TaskTracer,
  type TraceOptions,
  traceTasks,
} from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import { events } from '../../src/core/event-sink.js';
import { kinds } from '../core/support.js';

/** A span as the fake tracer keeps it. */
class Span implements TaskSpan {
  readonly name: string;
  readonly parent: Span | undefined;
  readonly attributes: SpanAttributes;
  readonly told: string[] = [];
  status: { code: number; message?: string } | undefined = undefined;
  ended = 0;

  constructor(name: string, parent: Span | undefined, attributes: SpanAttributes) {
    this.name = name;
    this.parent = parent;
    this.attributes = { ...attributes };
  }

  setAttribute(key: string, value: string | number | boolean): void {
    this.attributes[key] = value;
  }

  addEvent(name: string, attributes: SpanAttributes = {}): void {
    this.told.push([name, ...Object.values(attributes)].join(' '));
  }

  recordException(exception: Error | string): void {
    this.told.push(`exception ${exception}`);
  }

  setStatus(status: { code: number; message?: string }): void {
    this.status = status;
  }

  end(): void {
    this.ended++;
  }
}

/** What OpenTelemetry does with its context manager: the active span is in an async-local storage. */
class Tracer implements TaskTracer {
  readonly spans: Span[] = [];
  private readonly active = new AsyncLocalStorage<Span>();

  startActiveSpan<R>(name: string, options: { attributes: SpanAttributes }, callback: (span: Span) => R): R {
    const span = new Span(name, this.active.getStore(), options.attributes);
    this.spans.push(span);
    return this.active.run(span, () => callback(span));
  }

  get activeName(): string | undefined {
    return this.active.getStore()?.name;
  }

  of(name: string): Span {
    const found = this.spans.filter((span) => span.name === name);
    expect(found, name).toHaveLength(1);
    return found[0]!;
  }
}

async function traced(main: (tracer: Tracer) => unknown, options?: TraceOptions): Promise<Tracer> {
  const tracer = new Tracer();
  const loop = new VirtualLoop();
  using _tracing = traceTasks(tracer, options);
  await loop.drive(run(() => main(tracer), { loop, name: 'program' })).catch(() => {});
  return tracer;
}

describe.each(kinds)('traceTasks() of $kind bodies', ({ body }) => {
  it('X2: the parent of a span is that of the spawner, also of what is spawned after waits', async () => {
    const tracer = new Tracer();
    const loop = new VirtualLoop();
    using _tracing = traceTasks(tracer);
    const leaf = body(function* () {
      yield sleep(1);
    });
    await loop.drive(
      run(
        body(function* () {
          const outer = spawn(
            body(function* () {
              spawn(leaf, 'early');
              yield sleep(5);
              spawn(leaf, 'late');
              yield sleep(5);
              expect(tracer.activeName).toBe('outer');
            }),
            'outer',
          );
          yield outer;
          yield spawn(leaf, 'after');
        }),
        { loop, name: 'program' },
      ),
    );
    expect(tracer.spans.map(({ name, parent }) => [name, parent?.name])).toEqual([
      ['program', undefined],
      ['outer', 'program'],
      ['early', 'outer'],
      ['late', 'outer'],
      ['after', 'program'],
    ]);
    expect(tracer.spans.every(({ ended }) => ended === 1)).toBe(true);
  });

  it('also of tasks that wait for a slot, and of what a shield runs', async () => {
    const tracer = new Tracer();
    const loop = new VirtualLoop();
    using _tracing = traceTasks(tracer);
    const names: (string | undefined)[] = [];
    await loop.drive(
      run(
        body(function* () {
          yield TaskGroup.run(
            (group) => {
              for (const name of ['one', 'two']) {
                group.spawn(
                  body(function* () {
                    yield sleep(1);
                    yield shield(
                      body(function* () {
                        yield sleep(1);
                        names.push(tracer.activeName);
                      }),
                    );
                  }),
                  name,
                );
              }
            },
            { concurrency: 1 },
          );
        }),
        { loop, name: 'program' },
      ),
    );
    expect([tracer.of('one').parent?.name, tracer.of('two').parent?.name]).toEqual(['program', 'program']);
    expect(names).toEqual(['one', 'two']);
  });

  it('keeps what was in the context of the spawner', async () => {
    const request = new ContextVar<string>('request');
    const theirs = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    await traced(() => {
      request.set('r1');
      return theirs.run('kept', () =>
        spawn(
          body(function* () {
            yield sleep(1);
            seen.push(theirs.getStore(), request.get());
          }),
        ),
      );
    });
    expect(seen).toEqual(['kept', 'r1']);
  });

  it('states, errors and cancellations', async () => {
    const tracer = await traced(async () => {
      const spawned = (name: string, script: () => Generator<never, void, never>): Task<unknown> =>
        spawn(body(script) as () => Promise<void>, name);
      await spawned('fine', function* () {});
      await spawned('broken', function* () {
        throw new TypeError('no such page');
      }).catch(() => {});
      const slow = spawn(() => sleep(1000), 'slow');
      const never = spawn(() => {}, 'never');
      never.cancel('too many');
      await sleep(1);
      slow.cancel('no longer needed');
      await slow.catch(() => {});
    });
    expect(tracer.of('fine')).toMatchObject({ told: ['started'], status: undefined, ended: 1 });
    expect(tracer.of('fine').attributes).toMatchObject({ 'skein.task.state': 'completed' });
    expect(tracer.of('broken')).toMatchObject({
      told: ['started', 'exception TypeError: no such page'],
      status: { code: 2, message: 'TypeError: no such page' },
      ended: 1,
    });
    const slow = tracer.of('slow');
    expect(slow.attributes['skein.task.state']).toBe('cancelled');
    expect(slow.status).toBeUndefined();
    expect(slow.told).toEqual([
      'started',
      expect.stringMatching(/^cancelled task #\d+ 'slow' was asked to cancel: no longer needed$/),
    ]);
    expect(tracer.of('never').told).toEqual([expect.stringMatching(/^cancelled .*too many$/)]);
    expect(tracer.of('never').ended).toBe(1);
  });
});

describe('traceTasks()', () => {
  it('a span that the body opens is a child of its task, and the parent of what it spawns meanwhile', async () => {
    const tracer = await traced((tracer) =>
      tracer.startActiveSpan('step', { attributes: {} }, async () => {
        await sleep(1);
        await spawn(() => sleep(1), 'inside');
      }),
    );
    expect(tracer.of('step').parent?.name).toBe('program');
    expect(tracer.of('inside').parent?.name).toBe('step');
  });

  it('names: a task without one is not a name of its own', async () => {
    const tracer = await traced(() => spawn(() => {}, {} as SpawnOptions));
    expect(tracer.spans.map(({ name }) => name)).toEqual(['program', 'task']);
    expect(tracer.of('task').attributes['skein.task.id']).toEqual(expect.any(Number));
  });

  it('where and attributes: a task without a span passes its spawner’s on', async () => {
    const tracer = await traced(() => spawn(() => spawn(() => {}, 'leaf'), 'middle'), {
      where: (task) => task.name !== 'middle',
      attributes: (task) => ({ shown: task.name }),
    });
    expect(tracer.spans.map(({ name }) => name)).toEqual(['program', 'leaf']);
    expect(tracer.of('leaf').parent?.name).toBe('program');
    expect(tracer.of('leaf').attributes['shown']).toBe('leaf');
  });

  it('disposed of: begins no span, and ends those that are open with their tasks', async () => {
    const tracer = new Tracer();
    const loop = new VirtualLoop();
    const tracing = traceTasks(tracer);
    const done = run(
      async () => {
        await sleep(5);
        await spawn(() => {}, 'late');
      },
      { loop, name: 'program' },
    );
    await loop.settle();
    tracing[Symbol.dispose]();
    expect([tracer.of('program').ended, events.enabled]).toEqual([0, true]);
    await loop.drive(done);
    expect(tracer.spans.map(({ name, ended }) => [name, ended])).toEqual([['program', 1]]);
    expect(events.enabled).toBe(false);
  });

  it('O3: a tracer that throws harms no task, and is reported once', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    const tracer: TaskTracer = {
      startActiveSpan() {
        throw new Error('exporter is full');
      },
    };
    const loop = new VirtualLoop();
    using _tracing = traceTasks(tracer);
    const value = await loop.drive(
      run(async () => (await spawn(() => 1)) + (await spawn(() => 2)), { loop }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listener);
    expect(value).toBe(3);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/traceTasks\(tracer\) threw.*exporter is full.*look at its exporter/),
    ]);
  });

  it.each([
    [[undefined], /takes a tracer of OpenTelemetry/],
    [[{}], /trace\.getTracer/],
    [[new Tracer(), { where: 1 }], /where takes a function/],
    [[new Tracer(), { attributes: 1 }], /attributes takes a function/],
  ])('E5: %o is refused', (given, message) => {
    expect(() => traceTasks(...(given as [never]))).toThrow(message);
    expect(events.enabled).toBe(false);
  });
});
