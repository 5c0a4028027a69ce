import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Variables } from '../../src/core/variables.js';

const contents = (variables: Variables): [unknown, unknown][] => [...variables.entries()];

describe('variables', () => {
  it('X1: a holder sees what was there when it got them, and its own writes; whoever writes', () => {
    const step = fc.oneof(
      fc.record({ holder: fc.nat(7), set: fc.constantFrom('a', 'b', 'c'), value: fc.nat(9) }),
      fc.record({ holder: fc.nat(7), remove: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ spawnFrom: fc.nat(7) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const holders = [{ variables: new Variables(), model: new Map<string, number>() }];
        for (const one of steps) {
          if ('spawnFrom' in one) {
            const from = holders[one.spawnFrom % holders.length]!;
            holders.push({ variables: from.variables.share(), model: new Map(from.model) });
            continue;
          }
          const holder = holders[one.holder % holders.length]!;
          if ('set' in one) {
            holder.variables = holder.variables.with(one.set, one.value);
            holder.model.set(one.set, one.value);
          } else {
            holder.variables = holder.variables.without(one.remove);
            holder.model.delete(one.remove);
          }
          for (const { variables, model } of holders) {
            expect(new Map(contents(variables))).toEqual(model);
            for (const key of ['a', 'b', 'c']) {
              expect(variables.get(key)).toBe(model.get(key));
              expect(variables.has(key)).toBe(model.has(key));
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('X1: inheriting is one pointer', () => {
    const variables = new Variables().with('a', 1);
    expect(variables.share()).toBe(variables);
  });

  it('are written in place by one who owns them alone', () => {
    const variables = new Variables();
    expect(variables.with('a', 1)).toBe(variables);
    expect(variables.without('a')).toBe(variables);
  });

  it('are copied at the first write after they were shared, and not again', () => {
    const shared = new Variables().with('a', 1).share();
    const own = shared.with('a', 2);
    expect(own).not.toBe(shared);
    expect(own.with('b', 3)).toBe(own);
    expect(contents(shared)).toEqual([['a', 1]]);
  });

  it('are not copied to take away what is not there', () => {
    const shared = new Variables().with('a', 1).share();
    expect(shared.without('b')).toBe(shared);
  });

  it('tell an undefined value from none', () => {
    const variables = new Variables().with('a', undefined);
    expect([variables.has('a'), variables.has('b')]).toEqual([true, false]);
  });
});
