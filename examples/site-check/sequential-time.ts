import { performance } from 'node:perf_hooks';

/**
 * Estimates how long all requests would have taken one after another: the sum of what each of them had to wait for.
 *
 * Work of this process delays every request that is in flight meanwhile, and would count once for each. So the clock that
 * requests are timed by stands still during it, and the work is added once. For a server's answers that work is the
 * reading of pages; a disk's are there so soon that there is little to wait for but this process itself.
 */
export class SequentialTime {
  readonly #local: boolean;
  readonly #atFirst = performance.eventLoopUtilization();
  #requests = 0;
  #reading = 0;

  constructor(local: boolean) {
    this.#local = local;
  }

  /** In milliseconds. */
  get total(): number {
    const work = this.#local ? performance.eventLoopUtilization(this.#atFirst).active : this.#reading;
    return this.#requests + work;
  }

  /** Begins to time a request, and gives what ends it. */
  beginRequest(): () => void {
    const began = this.#clock();
    return () => {
      this.#requests += this.#clock() - began;
    };
  }

  /** Times the reading of a page. */
  reading<T>(read: () => T): T {
    const began = performance.now();
    try {
      return read();
    } finally {
      this.#reading += performance.now() - began;
    }
  }

  #clock(): number {
    return this.#local ? performance.eventLoopUtilization().idle : performance.now() - this.#reading;
  }
}
