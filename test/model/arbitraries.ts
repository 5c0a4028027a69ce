import fc from 'fast-check';
import {
  type Body,
  type Kind,
  numbered,
  type Piece,
  type Priority,
  type Step,
  type Strategy,
} from './program.js';

/**
 * Random programs. Times are few and small, so that deadlines, sleeps and cancellations meet in one instant often; a
 * disagreement shrinks towards fewer steps, plain sleeps and fibers.
 */

/**
 * Kinds of steps that are kept out of programs while a disagreement about them is open: `'name of the step': 'why'`.
 * Empty: the model covers everything that it knows.
 */
export const keptOut: Partial<Record<Step['do'], string>> = {};

type Unnumbered<S> = S extends Step ? Omit<S, 'at'> : never;

/** A step without its number yet. */
function step(arbitrary: fc.Arbitrary<Unnumbered<Step>>): fc.Arbitrary<Step> {
  return arbitrary.map((given) => ({ ...given, at: 0 }) as Step);
}

const ms = fc.constantFrom(1, 2, 3, 5, 0, 8);
const back = fc.nat({ max: 3 });
const out = fc.nat({ max: 3 });
const kind = fc.constantFrom<Kind[]>('fiber', 'async');
const strategy = fc.constantFrom<Strategy[]>('fail-fast', 'wait-all', 'return-partial');
/** Which semaphore, and how many of its permits. */
const permits = fc.constantFrom<[number, number][]>([0, 1], [1, 1], [1, 2]);
const priority = fc.constantFrom<Priority[]>('work', 'control', 'system');
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, outOf = 3): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: outOf - 1 }).map((value) => value);
const rarely = fc.nat({ max: 5 }).map((n) => n === 5);

type Weighted = {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Step>;
  readonly name: Step['do'];
};

function weighted(name: Step['do'], weight: number, arbitrary: fc.Arbitrary<unknown>): Weighted {
  const made = (arbitrary as fc.Arbitrary<object>).map((rest) => ({ do: name, ...rest }) as Unnumbered<Step>);
  return { name, weight, arbitrary: step(made) };
}

const nothing = fc.constant({});

const leaves: readonly Weighted[] = [
  weighted('sleep', 10, fc.record({ ms })),
  weighted('checkpoint', 2, nothing),
  weighted('fail', 3, nothing),
  weighted('return', 1, nothing),
  weighted('await', 6, fc.record({ back })),
  weighted('cancel task', 4, fc.record({ back, twice: rarely })),
  weighted('cancel owner', 2, fc.record({ out, twice: rarely })),
  weighted('abort', 1, fc.record({ signal: fc.nat({ max: 1 }) })),
  weighted('wait all', 1, nothing),
  weighted('close', 1, nothing),
  weighted('put', 2, fc.record({ queue: fc.nat({ max: 1 }) })),
  weighted('get', 2, fc.record({ queue: fc.nat({ max: 1 }) })),
];

const waitAll: Step = { do: 'wait all', at: 0 };
/** How the body of a group ends: it may wait for the members itself, and keep their failure from the group. */
const swallowed: Step = {
  do: 'try',
  at: 0,
  steps: [waitAll],
  caught: { steps: [], rethrows: false },
  finally: undefined,
};
const failing: Step = {
  do: 'spawn',
  at: 0,
  body: { kind: 'fiber', steps: [{ do: 'fail', at: 0 }] },
  out: undefined,
  service: false,
  hold: false,
  priority: undefined,
};
const endings: readonly (readonly Step[])[] = [[], [waitAll], [swallowed], [failing, swallowed]];

function compounds(body: fc.Arbitrary<Body>, steps: fc.Arbitrary<readonly Step[]>): readonly Weighted[] {
  const piece: fc.Arbitrary<Piece> = fc.oneof(
    { weight: 3, arbitrary: body.map((given): Piece => ({ is: 'body', at: 0, body: given })) },
    { weight: 1, arbitrary: back.map((given): Piece => ({ is: 'task', back: given })) },
  );
  const groupBody = fc
    .record({ body, ending: fc.constantFrom(...endings) })
    .map(({ body: { kind, steps }, ending }): Body => ({ kind, steps: [...steps, ...ending] }));
  const asyncBody = steps.map((given): Body => ({ kind: 'async', steps: given }));
  return [
    weighted(
      'spawn',
      12,
      fc.record({
        body,
        out: sometimes(out),
        service: rarely,
        hold: rarely,
        priority: sometimes(priority, 6),
      }),
    ),
    weighted(
      'hold',
      3,
      permits.chain(([semaphore, count]) =>
        fc.record({ semaphore: fc.constant(semaphore), count: fc.constant(count), steps }),
      ),
    ),
    weighted(
      'scope',
      5,
      fc.record({
        body,
        timeout: sometimes(ms, 2),
        shield: rarely,
        signal: sometimes(fc.nat({ max: 1 }), 5),
      }),
    ),
    weighted('with timeout', 3, fc.record({ ms, body })),
    weighted('wait for', 3, fc.record({ ms, work: piece })),
    weighted('shield', 3, fc.record({ body })),
    weighted('gather', 5, fc.record({ strategy, work: fc.array(piece, { maxLength: 3 }), record: rarely })),
    weighted(
      'group',
      5,
      fc.record({
        strategy,
        concurrency: sometimes(fc.integer({ min: 1, max: 2 })),
        timeout: sometimes(ms),
        body: groupBody,
      }),
    ),
    weighted('defer', 4, fc.record({ body })),
    weighted('use', 3, fc.record({ body: asyncBody })),
    weighted(
      'try',
      8,
      fc.record({
        steps,
        caught: sometimes(fc.record({ steps, rethrows: fc.boolean() }), 2),
        finally: sometimes(steps, 2),
      }),
    ),
  ];
}

const wanted = (all: readonly Weighted[]): Weighted[] =>
  all.filter(({ name }) => keptOut[name] === undefined);

/** Steps that may hold others, down to a depth. */
function stepsOf(depth: number, atLeast = 0, atMost = 4): fc.Arbitrary<readonly Step[]> {
  const simple = fc.oneof(...wanted(leaves));
  if (depth === 0) return fc.array(simple, { minLength: atLeast, maxLength: atMost, size: 'max' });
  const inner = stepsOf(depth - 1);
  const body: fc.Arbitrary<Body> = fc.record({ kind, steps: inner });
  const compound = fc.oneof(...wanted(compounds(body, inner)));
  const any = fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: simple },
    { weight: 3, arbitrary: compound },
  );
  return fc.array(any, { minLength: atLeast, maxLength: atMost, size: 'max' });
}

/** Whole programs, numbered. */
export const programs: fc.Arbitrary<Body> = fc
  .oneof(stepsOf(2, 1, 6), stepsOf(3, 1, 5))
  .chain((steps) => kind.map((given) => numbered({ kind: given, steps })));
