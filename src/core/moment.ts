/**
 * A moment on a loop's clock, in milliseconds. It is an object because most of what a loop does happens between two looks
 * at the clock, and all of that shares one: asking the clock for each task's beginning and end took an eighth of a task's
 * life, and the numbers, boxed by the engine, 48 bytes of it.
 *
 *     look ──▶ lastMoment: what begins now ──▶ look
 *              nextMoment: what ends now  ──────▶ (its time is written then, or when somebody asks before)
 *
 * So a step's length lies within its task's duration, however long it blocks the loop.
 */
export class Moment {
  /** NaN: its time is not known yet. */
  at: number;

  constructor(at: number) {
    this.at = at;
  }

  /** Its time. One that is still to come is fixed by being asked for. */
  read(clock: { now(): number }): number {
    if (Number.isNaN(this.at)) this.at = clock.now();
    return this.at;
  }
}
