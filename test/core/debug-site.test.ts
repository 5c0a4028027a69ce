import { describe, expect, it } from 'vitest';
import { annotate, rememberSite, siteOf } from '../../src/core/debug.js';

describe('E4: the place where something was begun', () => {
  function begin(subject: object): void {
    rememberSite(subject, begin, 7);
  }
  function caller(subject: object): void {
    begin(subject);
  }

  it('is the line that called', () => {
    const subject = {};
    caller(subject);
    expect(siteOf(subject)?.place).toMatch(/^at caller .*debug-site\.test/);
    expect(siteOf(subject)?.since).toBe(7);
  });

  it('is some line of the user, where the engine cannot leave out frames', () => {
    const subject = {};
    const { captureStackTrace } = Error;
    try {
      (Error as { captureStackTrace: unknown }).captureStackTrace = undefined;
      caller(subject);
    } finally {
      Error.captureStackTrace = captureStackTrace;
    }
    expect(siteOf(subject)?.place).toMatch(/debug-site\.test/);
  });

  it('is unknown for what was begun before debug mode was on, and the stack stays a property like any other', () => {
    const error = new Error('broken');
    annotate(error, { label: "task #2 'it'", parent: { label: 'task #1', parent: undefined } });
    expect(error.stack).toMatch(
      /in task #2 'it', spawned at an unknown place\n {4}in task #1, spawned at an unknown place$/,
    );
    expect(Object.keys(error)).toEqual([]);
    error.stack = 'another';
    expect(error.stack).toBe('another');
    Object.defineProperty(error, 'stack', { value: 'a third', configurable: true });
    expect(error.stack).toBe('a third');
  });
});
