import { type Host, HostedLoop, type Turn, type Wake } from 'skein';

/** A host that does only what a test tells it to, and remembers what the loop asked for. */
export class ManualHost implements Host {
  readonly kind = 'manual';
  readonly slice = 8;
  time = 0;
  /** Turns that were asked for and not given. */
  soon = 0;
  later = 0;
  alarm: { at: number; ref: boolean } | undefined;
  /** How often the alarm was set or taken back. */
  alarmCalls = 0;
  private readonly turn: Turn;

  constructor(turn: Turn) {
    this.turn = turn;
  }

  now(): number {
    return this.time;
  }

  requestSoon(): void {
    this.soon++;
  }

  requestLater(): void {
    this.later++;
  }

  setAlarm(at: number, ref: boolean): void {
    this.alarm = { at, ref };
    this.alarmCalls++;
  }

  clearAlarm(): void {
    this.alarm = undefined;
    this.alarmCalls++;
  }

  /** Gives one turn that was asked for. */
  give(wake: Wake): void {
    if (wake === 'soon') this.soon--;
    else if (wake === 'later') this.later--;
    else this.alarm = undefined;
    this.turn(wake);
  }

  /** Gives turns until none is asked for. */
  giveAll(): void {
    while (this.soon > 0 || this.later > 0) this.give(this.soon > 0 ? 'soon' : 'later');
  }

  /** Gives turns, and native promises theirs between them, until all that can go on has gone on. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      this.giveAll();
      await null;
    }
  }

  /** Moves the clock, ringing the alarm on the way. */
  advance(ms: number): void {
    const target = this.time + ms;
    this.giveAll();
    while (this.alarm !== undefined && this.alarm.at <= target) {
      this.time = Math.max(this.time, this.alarm.at);
      this.give('alarm');
      this.giveAll();
    }
    this.time = target;
  }
}

/** A loop on a host that a test moves by hand. */
export function manualLoop(): { loop: HostedLoop; host: ManualHost } {
  let host: ManualHost | undefined;
  const loop = new HostedLoop((turn) => {
    host = new ManualHost(turn);
    return host;
  });
  return { loop, host: host! };
}

/** The host has just had its turn: jobs may run until the slice is over. */
export function openSlice(host: ManualHost): void {
  host.later++;
  host.give('later');
}
