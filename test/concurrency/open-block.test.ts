import {
  any,
  asCompleted,
  CancellationScope,
  filter,
  forEach,
  gather,
  map,
  mapUnordered,
  observe,
  race,
  TaskGroup,
} from 'skein';
import { expect, it } from 'vitest';
import { drive } from './map-fixtures.js';

/** The names of the scopes that a call opens. */
async function namesOf(call: () => PromiseLike<unknown>): Promise<(string | undefined)[]> {
  const names: (string | undefined)[] = [];
  await drive(async () => {
    using _ = observe({
      onScopeEvent: ({ type, scope }) => {
        if (type === 'opened') names.push(scope.name);
      },
    });
    await call();
  });
  return names;
}

async function drained(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values);
}

const work = [async () => 1];
const item = async (n: number): Promise<number> => n;
const calls: [name: string, call: (options: { name?: string }) => PromiseLike<unknown>][] = [
  ['gather', (options) => gather(work, options)],
  ['race', (options) => race(work, options)],
  ['any', (options) => any(work, options)],
  ['asCompleted', (options) => drained(asCompleted(work, options))],
  ['map', (options) => map([1], item, options)],
  ['mapUnordered', (options) => drained(mapUnordered([1], item, options))],
  ['filter', (options) => filter([1], item, options)],
  ['forEach', (options) => forEach([1], item, options)],
  ['group', (options) => TaskGroup.run(() => 1, options)],
];

it.each(calls)(
  '%s: its scope is called by the name it was given, else by what opened it',
  async (name, call) => {
    expect(await namesOf(() => call({}))).toContain(name);
    const named = await namesOf(() => call({ name: 'pages' }));
    expect(named).toContain('pages');
    expect(named).not.toContain(name);
  },
);

it('CancellationScope.run: its scope is called by the name it was given, and else by none', async () => {
  expect(await namesOf(() => CancellationScope.run(() => 1, { name: 'pages' }))).toEqual(['pages']);
  expect(await namesOf(() => CancellationScope.run(() => 1))).toEqual([undefined]);
});
