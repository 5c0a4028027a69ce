/** What labels a value: the name of each, and its value. */
export type MetricLabels = Readonly<Record<string, string>>;

/** One value of a counter or a gauge. */
export interface MetricValue {
  readonly labels: MetricLabels;
  readonly value: number;
}

/** How the observed values of a histogram are spread. */
export interface MetricDistribution {
  readonly labels: MetricLabels;
  /** How many values were observed. */
  readonly count: number;
  /** What they come to together. */
  readonly sum: number;
  /** For each bound in ascending order how many values are at most that; the last bound is Infinity. */
  readonly buckets: readonly { readonly bound: number; readonly count: number }[];
}

interface Named {
  /** As in Prometheus: with its unit, and `_total` if it is a counter. */
  readonly name: string;
  /** What it is, in one sentence. */
  readonly help: string;
}

/** A metric with all its labelled values. Times are in seconds, as their names say. */
export type MetricFamily =
  | (Named & { readonly type: 'counter' | 'gauge'; readonly values: readonly MetricValue[] })
  | (Named & { readonly type: 'histogram'; readonly values: readonly MetricDistribution[] });
