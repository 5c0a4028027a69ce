// Spans of the real OpenTelemetry: whose child each is, in async bodies and in fibers, and what they say.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { diagnostics, skein } from './skein.mjs';

const { run, sleep, spawn, until, gather, map, TaskGroup } = skein;
const exporter = new InMemorySpanExporter();
const manager = new AsyncLocalStorageContextManager().enable();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
context.setGlobalContextManager(manager);
trace.setGlobalTracerProvider(provider);
const tracer = trace.getTracer('compat');

let tracing;
before(() => {
  tracing = diagnostics.traceTasks(tracer);
});
afterEach(() => exporter.reset());
after(async () => {
  tracing[Symbol.dispose]();
  await provider.shutdown();
  manager.disable();
});

/** The name of each finished span with that of its parent, ordered by name. */
function tree() {
  const spans = exporter.getFinishedSpans();
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  const pairs = spans.map(
    (span) => `${span.name} < ${names.get(span.parentSpanContext?.spanId) ?? 'nobody'}`,
  );
  return pairs.sort();
}

const of = (name) => exporter.getFinishedSpans().find((span) => span.name === name);

/** A body for both kinds: what it yields is awaited. */
const kinds = {
  async: (script) => async (task) => {
    const steps = script(task);
    let step = steps.next();
    while (!step.done) {
      try {
        step = steps.next(await step.value);
      } catch (error) {
        step = steps.throw(error);
      }
    }
    return step.value;
  },
  fiber: (script) =>
    function* (task) {
      const steps = script(task);
      let step = steps.next();
      while (!step.done) {
        try {
          step = steps.next(yield* step.value);
        } catch (error) {
          step = steps.throw(error);
        }
      }
      return step.value;
    },
};

for (const [kind, body] of Object.entries(kinds)) {
  describe(`${kind} bodies`, () => {
    it('the parent of each span is its spawner’s, before and after waits of every sort', async () => {
      const leaf = body(function* () {
        yield sleep(1);
      });
      await run(
        body(function* () {
          const outer = spawn(
            body(function* () {
              spawn(leaf, 'before');
              yield sleep(1);
              spawn(leaf, 'after a sleep');
              yield until(new Promise((resolve) => setTimeout(resolve, 1)));
              spawn(leaf, 'after a promise');
              yield spawn(leaf, 'awaited');
              spawn(leaf, 'after a task');
            }),
            'outer',
          );
          yield outer;
        }),
        { name: 'program' },
      );
      assert.deepEqual(tree(), [
        'after a promise < outer',
        'after a sleep < outer',
        'after a task < outer',
        'awaited < outer',
        'before < outer',
        'outer < program',
        'program < nobody',
      ]);
    });

    it('in groups with a limit, in gather and in map', async () => {
      const leaf = body(function* () {
        yield sleep(1);
        assert.equal(trace.getActiveSpan().attributes['skein.task.id'], skein.currentTask().id);
      });
      await run(
        body(function* () {
          yield TaskGroup.run(
            (group) => {
              for (const name of ['one', 'two', 'three']) group.spawn(leaf, name);
            },
            { concurrency: 1 },
          );
          yield gather({ left: leaf, right: leaf });
          yield map(
            ['x', 'y'],
            body(function* () {
              yield sleep(1);
            }),
            { concurrency: 1 },
          );
        }),
        { name: 'program' },
      );
      const parents = tree().filter((pair) => pair !== 'program < nobody');
      assert.ok(parents.length >= 5, parents.join());
      for (const pair of parents) assert.match(pair, / < program$/);
    });

    it('a span that a body opens is a child of its task’s span, also after a wait', async () => {
      await run(
        body(function* () {
          tracer.startActiveSpan('at once', (span) => span.end());
          yield sleep(1);
          tracer.startActiveSpan('later', (span) => span.end());
          yield until(Promise.resolve());
          const manual = tracer.startSpan('manual');
          context.with(trace.setSpan(context.active(), manual), () => {
            spawn(() => {}, 'inside manual');
          });
          yield sleep(1);
          manual.end();
        }),
        { name: 'program' },
      );
      assert.deepEqual(tree(), [
        'at once < program',
        'inside manual < manual',
        'later < program',
        'manual < program',
        'program < nobody',
      ]);
    });

    it('two programs side by side do not meet', async () => {
      const program = (name) =>
        run(
          body(function* () {
            for (let i = 0; i < 5; i++) {
              yield sleep(1);
              yield spawn(() => sleep(1), `${name} ${i}`);
            }
          }),
          { name },
        );
      await Promise.all([program('a'), program('b')]);
      for (const pair of tree()) assert.match(pair, /^(a|b)( \d < \1| < nobody)$/);
    });

    it('a program inside a request continues its trace', async () => {
      await tracer.startActiveSpan('GET /', async (request) => {
        await run(
          body(function* () {
            yield sleep(1);
            spawn(() => sleep(1), 'query');
            yield sleep(2);
          }),
          { name: 'handler' },
        );
        request.end();
      });
      assert.deepEqual(tree(), ['GET / < nobody', 'handler < GET /', 'query < handler']);
    });

    it('errors are recorded and set the status; a cancellation is marked and is no error', async () => {
      await run(
        body(function* () {
          const broken = spawn(
            body(function* () {
              yield sleep(1);
              throw new TypeError('no such page');
            }),
            'broken',
          );
          const slow = spawn(
            body(function* () {
              yield sleep(10_000);
            }),
            'slow',
          );
          const never = spawn(() => {}, 'never');
          never.cancel('too many');
          yield broken.catch(() => {});
          slow.cancel('no longer needed');
          yield slow.catch(() => {});
        }),
        { name: 'program' },
      );
      assert.deepEqual(of('broken').status, {
        code: SpanStatusCode.ERROR,
        message: 'TypeError: no such page',
      });
      const exception = of('broken').events.find(({ name }) => name === 'exception');
      assert.equal(exception.attributes['exception.type'], 'TypeError');
      assert.equal(exception.attributes['exception.message'], 'no such page');
      assert.equal(of('broken').attributes['skein.task.state'], 'failed');

      assert.equal(of('slow').status.code, SpanStatusCode.UNSET);
      assert.equal(of('slow').attributes['skein.task.state'], 'cancelled');
      const cancelled = of('slow').events.find(({ name }) => name === 'cancelled');
      assert.match(cancelled.attributes['skein.cancelled.why'], /was asked to cancel: no longer needed/);
      assert.deepEqual(
        of('never').events.map(({ name }) => name),
        ['cancelled'],
      );
      assert.equal(of('program').status.code, SpanStatusCode.UNSET);
      assert.equal(of('program').attributes['skein.task.state'], 'completed');
    });
  });
}

describe('the context', () => {
  it('baggage reaches tasks, and what they spawn', async () => {
    const baggage = propagation.createBaggage({ user: { value: 'Ada' } });
    const seen = [];
    await context.with(propagation.setBaggage(context.active(), baggage), () =>
      run(async () => {
        await spawn(function* () {
          yield* sleep(1);
          seen.push(propagation.getActiveBaggage().getEntry('user').value);
        });
        await sleep(1);
        seen.push(propagation.getActiveBaggage().getEntry('user').value);
      }),
    );
    assert.deepEqual(seen, ['Ada', 'Ada']);
  });

  it('the times of a span include those of its children', async () => {
    await run(async () => void (await spawn(() => sleep(5), 'inner')), { name: 'outer' });
    const milliseconds = ([seconds, nanos]) => seconds * 1000 + nanos / 1e6;
    const [inner, outer] = [of('inner'), of('outer')];
    assert.ok(milliseconds(inner.duration) >= 4, `${milliseconds(inner.duration)}`);
    // Each span begins at a whole millisecond of the wall clock.
    assert.ok(milliseconds(outer.startTime) <= milliseconds(inner.startTime) + 1);
    assert.ok(milliseconds(outer.endTime) >= milliseconds(inner.endTime) - 2);
  });
});
