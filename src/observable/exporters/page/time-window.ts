/**
 * The stretch of time that is on the screen.
 *
 *     0 ─────── from ═══════ to ─────── whole        Invariant: 0 ≤ from < to ≤ whole
 */
export class TimeWindow {
  readonly whole: number;
  from = 0;
  to: number;

  constructor(duration: number) {
    this.whole = Math.max(duration, 0.001);
    this.to = this.whole;
  }

  get size(): number {
    return this.to - this.from;
  }

  /** Shows a stretch, or as much of it as there is. */
  show(from: number, to: number): void {
    const size = Math.min(this.whole, Math.max(this.whole / 1e6, to - from));
    this.from = Math.min(Math.max(0, from), this.whole - size);
    this.to = this.from + size;
  }

  showAll(): void {
    this.show(0, this.whole);
  }

  /** A factor below 1 shows less time, and more of it; the centre stays where it is. */
  zoom(factor: number, centre: number = (this.from + this.to) / 2): void {
    this.show(centre - (centre - this.from) * factor, centre + (this.to - centre) * factor);
  }

  /** By a fraction of what is shown; negative goes back. */
  pan(fraction: number): void {
    this.show(this.from + fraction * this.size, this.to + fraction * this.size);
  }

  /** Where a time is on a width. */
  place(time: number, width: number): number {
    return ((time - this.from) / this.size) * width;
  }

  /** The time at a place. */
  time(place: number, width: number): number {
    return this.from + (place / width) * this.size;
  }
}
