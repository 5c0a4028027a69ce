import { InvalidArgumentError } from 'skein';
import { describe, expect, it } from 'vitest';
import { checkBody, checkCallback, checkCount, checkMilliseconds, show } from '../../src/core/checks.js';
import { thrownBy } from './support.js';

const hostile = {
  toString(): string {
    throw new Error('the user’s code ran');
  },
};

describe('E5: how a value is shown', () => {
  it.each([
    ['text', "'text'"],
    ['x'.repeat(40), `'${'x'.repeat(40)}'`],
    ['x'.repeat(41), `'${'x'.repeat(40)}...'`],
    [function named() {}, 'function named'],
    [
      (
        () => () =>
          1
      )(),
      'a function',
    ],
    [[1, 2], 'an array'],
    [{ a: 1 }, 'an object'],
    [hostile, 'an object'],
    [new Proxy({}, {}), 'an object'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [-0, '0'],
    [10n, '10'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
  ])('%#', (value, text) => {
    expect(show(value)).toBe(text);
  });
});

describe('E5: milliseconds', () => {
  it.each([0, -0, 0.25, 1, 2 ** 31, Number.MAX_VALUE, Number.POSITIVE_INFINITY])('%s is fine', (ms) => {
    expect(() => checkMilliseconds('call(ms)', ms)).not.toThrow();
  });

  it.each([-1, -1e-9, Number.NaN, Number.NEGATIVE_INFINITY, '1', null, undefined, 1n, {}, new Date(0)])(
    '%s is not',
    (ms) => {
      const error = thrownBy(() => checkMilliseconds('call(ms)', ms));
      expect(error).toBeInstanceOf(InvalidArgumentError);
      expect((error as Error).message).toBe(
        `call(ms) takes milliseconds, zero or more, and was given ${show(ms)}; write for example call(100)`,
      );
    },
  );
});

describe('E5: counts', () => {
  it.each([1, 2, 1e9, Number.POSITIVE_INFINITY])('%s is fine', (count) => {
    expect(() => checkCount('call', count)).not.toThrow();
  });

  it.each([0, -1, 1.5, Number.NaN, '2', null, undefined, 2n])('%s is not', (count) => {
    expect((thrownBy(() => checkCount('call', count)) as Error).message).toBe(
      `call takes a whole number, 1 or more, and was given ${show(count)}`,
    );
  });

  it('a symbol, or an object whose code must not run, is named and not compared', () => {
    const objects = [Symbol('count'), Object.create(null), { valueOf: hostile.toString }];
    for (const count of objects) {
      const error = thrownBy(() => checkCount('call', count)) as Error;
      expect(error).toBeInstanceOf(InvalidArgumentError);
      expect(error.message).toContain(`call takes a whole number, 1 or more, and was given ${show(count)}`);
    }
  });

  it('may begin at zero', () => {
    expect(() => checkCount('call', 0, 0)).not.toThrow();
    expect((thrownBy(() => checkCount('call', -1, 0)) as Error).message).toContain('0 or more');
  });
});

describe('E5: bodies and callbacks', () => {
  it('functions of every kind are fine', () => {
    for (const body of [() => 1, async () => 1, function* () {}, class {}, (() => 1).bind(null)]) {
      expect(() => checkBody('call', body)).not.toThrow();
      expect(() => checkCallback('call', body)).not.toThrow();
    }
  });

  it.each([
    [Promise.resolve(), 'it was given a promise, whose work has already begun: write call(() => work())'],
    [{ then: () => undefined }, 'it was given a promise'],
    [(function* () {})(), 'it was given a generator that was already called: write call(fiber)'],
    [hostile, 'it was given an object: write call(async () => { ... })'],
    [undefined, 'it was given undefined: write call(async () => { ... })'],
  ])('%# is no body', (body, message) => {
    const error = thrownBy(() => checkBody('call', body)) as Error;
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain(`call takes a function, and ${message}`);
  });

  it('anything else is no callback', () => {
    expect((thrownBy(() => checkCallback('call(fn)', 'x')) as Error).message).toBe(
      "call(fn) takes a function and was given 'x'",
    );
  });
});
