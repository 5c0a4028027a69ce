import type { MetricFamily, MetricLabels } from './metric-family.js';

/**
 * Metrics in the text format of Prometheus, version 0.0.4: to be served with the content type
 * `text/plain; version=0.0.4; charset=utf-8`.
 */
export function prometheusText(families: readonly MetricFamily[]): string {
  const lines: string[] = [];
  const sample = (name: string, labels: MetricLabels, value: number): void => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text, true)}"`);
    lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number(value)}`);
  };
  for (const family of families) {
    const { name } = family;
    lines.push(`# HELP ${name} ${escaped(family.help, false)}`, `# TYPE ${name} ${family.type}`);
    if (family.type !== 'histogram') {
      for (const { labels, value } of family.values) sample(name, labels, value);
      continue;
    }
    for (const { labels, buckets, sum, count } of family.values) {
      for (const bucket of buckets)
        sample(`${name}_bucket`, { ...labels, le: number(bucket.bound) }, bucket.count);
      sample(`${name}_sum`, labels, sum);
      sample(`${name}_count`, labels, count);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A line break would end the sample, and a quote its label; a help text has no quotes around it. */
function escaped(text: string, quoted: boolean): string {
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return quoted ? plain.replaceAll('"', '\\"') : plain;
}

/** Numbers as Go reads them. */
function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
