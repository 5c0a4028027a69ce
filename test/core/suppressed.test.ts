import { suppressedOf } from 'skein';
import { describe, expect, it } from 'vitest';
import { addSuppressed } from '../../src/core/suppressed.js';

describe('suppressed errors', () => {
  it('E3: are kept in order of time, each once', () => {
    const first = new Error('first');
    const [a, b] = [new Error('a'), new Error('b')];
    for (const later of [a, b, a, first]) addSuppressed(first, later);
    expect(suppressedOf(first)).toEqual([a, b]);
  });

  it('E3: alter nothing, not even what cannot be altered', () => {
    const frozen = Object.freeze(new Error('frozen'));
    addSuppressed(frozen, 'later');
    expect(suppressedOf(frozen)).toEqual(['later']);
    expect(Reflect.ownKeys(frozen).sort()).toEqual(['message', 'stack']);
  });

  it('cannot be kept beside a primitive', () => {
    for (const primitive of [undefined, null, 0, '', false, Symbol('s'), 1n]) {
      expect(() => addSuppressed(primitive, new Error('later'))).not.toThrow();
      expect(suppressedOf(primitive)).toEqual([]);
    }
  });

  it('E3: are kept beside a function too, if that is what was thrown', () => {
    const thrown = (): void => undefined;
    addSuppressed(thrown, 'later');
    expect(suppressedOf(thrown)).toEqual(['later']);
  });

  it('are handed out as a copy', () => {
    const first = new Error('first');
    addSuppressed(first, 1);
    (suppressedOf(first) as unknown[]).push(2);
    expect(suppressedOf(first)).toEqual([1]);
  });

  it('may be circular', () => {
    const [a, b] = [new Error('a'), new Error('b')];
    addSuppressed(a, b);
    addSuppressed(b, a);
    expect([suppressedOf(a), suppressedOf(b)]).toEqual([[b], [a]]);
  });
});
