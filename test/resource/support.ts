import type { AsyncResource } from 'skein';
import { sleep } from 'skein';

/** A resource that writes what happens to it into a log. */
export class Door implements AsyncResource {
  isClosed = false;
  closes = 0;
  readonly name: string;
  private readonly log: string[];

  constructor(name: string, log: string[] = []) {
    this.name = name;
    this.log = log;
  }

  close(): void | PromiseLike<void> {
    this.closes++;
    this.isClosed = true;
    this.log.push(`close ${this.name}`);
  }
}

/** One that takes a while to close. */
export class SlowDoor extends Door {
  override async close(): Promise<void> {
    await sleep(10);
    await super.close();
  }
}

/** One whose close throws, and which stays open. */
export class JammedDoor extends Door {
  readonly error: Error = new Error(`${this.name} is jammed`);

  override close(): void {
    this.closes++;
    throw this.error;
  }
}

/** One whose close never comes to an end, until it is told to. */
export class StuckDoor extends Door {
  loosen: () => void = () => undefined;

  override close(): Promise<void> {
    this.closes++;
    return new Promise((resolve) => {
      this.loosen = () => {
        this.isClosed = true;
        resolve();
      };
    });
  }
}
