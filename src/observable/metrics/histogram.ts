import type { MetricDistribution, MetricLabels } from './metric-family.js';

/**
 * Counts values by the bucket they fall into:
 *
 *     bounds    1     5     10              (a value that equals a bound is in its bucket)
 *     counts  ▢  |  ▢  |  ▢  |  ▢           one more than there are bounds: what is above the last
 *
 * Its size is fixed, whatever it is given.
 */
export class Histogram {
  private readonly bounds: readonly number[];
  private readonly counts: Float64Array;
  private sum = 0;

  /** The bounds ascend. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let index = 0;
    while (index < bounds.length && value > bounds[index]!) index++;
    this.counts[index]!++;
    this.sum += value;
  }

  /** What was observed, with bounds and sum in another unit: `scale` of it make one of this one's. */
  read(labels: MetricLabels, scale: number): MetricDistribution {
    let count = 0;
    const buckets = [...this.bounds, Number.POSITIVE_INFINITY].map((bound, index) => {
      count += this.counts[index]!;
      return { bound: bound / scale, count };
    });
    return { labels, count, sum: this.sum / scale, buckets };
  }
}
