import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage();

/** Peers and the floor run with async-local storage in use, as skein does, and as any traced server does. */
export function withStorage(body) {
  return storage.run({ contender: 'peer' }, body);
}

/** A lock of promises, the least that locks: each call waits for the promise of the one before. */
export class PromiseLock {
  #last = Promise.resolve();

  async acquire() {
    const before = this.#last;
    let release;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}

/** Sees to it that never more than so many are inside. */
export class Guard {
  entered = 0;
  #inside = 0;
  #most;

  constructor(most) {
    this.#most = most;
  }

  enter() {
    this.entered++;
    if (++this.#inside > this.#most) throw new Error(`${this.#inside} are inside, of ${this.#most}`);
  }

  leave() {
    this.#inside--;
  }

  check(operations) {
    if (this.entered !== operations) throw new Error(`${this.entered} came in, not ${operations}`);
    return this.entered;
  }
}
