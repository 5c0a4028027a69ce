import { SkeinError } from '../core/errors.js';

/** What `expectNoLeaks` rejects with: something has outlived the body. */
export class LeakError extends SkeinError {
  /** What was left, each in a sentence that says where it was begun. */
  readonly leaks: readonly string[];

  /** @internal */
  constructor(leaks: readonly string[]) {
    super('SKEIN_LEAK', `the body left something behind:\n${leaks.map((leak) => `  - ${leak}`).join('\n')}`);
    this.name = 'LeakError';
    this.leaks = leaks;
  }
}
