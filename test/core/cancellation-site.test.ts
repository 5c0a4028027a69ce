import { expect, it } from 'vitest';
import { Cancellation } from '../../src/core/cancellation.js';
import { debug } from '../../src/core/debug.js';

it('in debug mode the error of a cancellation shows where cancel was called, and otherwise no stack of the loop', () => {
  const before = debug.enabled;
  try {
    debug.enabled = true;
    expect(new Cancellation('cancel', { label: 'task #1' }, 'why').error.stack).toContain(
      'cancellation-site.test',
    );
    // Nobody has called anything that would be worth showing.
    expect(new Cancellation('deadline', { label: 'scope #1' }, 'why').error.stack).not.toContain('    at ');
    debug.enabled = false;
    expect(new Cancellation('cancel', { label: 'task #1' }, 'why').error.stack).not.toContain('    at ');
  } finally {
    debug.enabled = before;
  }
});
