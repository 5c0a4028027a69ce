/**
 * A small reader of the text format of Prometheus, version 0.0.4, written from its description and not from the writer. It
 * refuses what a scraper refuses.
 */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  help: string | undefined;
  type: string;
  readonly samples: Sample[];
}

/** @throws Error for what is not the format. */
export function parsePrometheus(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no line feed');
  const families = new Map<string, Family>();
  const family = (name: string): Family => {
    let found = families.get(name);
    if (found === undefined) {
      found = { name, help: undefined, type: 'untyped', samples: [] };
      families.set(name, found);
    }
    return found;
  };
  const lines = text.split('\n').slice(0, -1);
  for (const line of lines) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (comment !== null) {
      const [, what, name, rest] = comment as unknown as [string, string, string, string];
      const at = family(name);
      if (at.samples.length > 0) throw new Error(`${what} of ${name} comes after its samples`);
      if (what === 'HELP') {
        if (at.help !== undefined) throw new Error(`a second HELP of ${name}`);
        at.help = unescaped(rest, /\\(.)/g, { '\\': '\\', n: '\n' });
      } else {
        if (at.type !== 'untyped') throw new Error(`a second TYPE of ${name}`);
        if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest))
          throw new Error(`the type ${rest}`);
        at.type = rest;
      }
      continue;
    }
    if (line.startsWith('#')) continue;
    const sample = parseSample(line);
    const base = sample.name.replace(/_(bucket|sum|count)$/, '');
    const owner = families.get(base)?.type === 'histogram' ? base : sample.name;
    family(owner).samples.push(sample);
  }
  for (const each of families.values()) check(each);
  return families;
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: (-?\d+))?$/.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  let rest = match[2] ?? '';
  while (rest !== '') {
    const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest);
    if (label === null) throw new Error(`no label: ${rest} in ${line}`);
    if (label[1]! in labels) throw new Error(`the label ${label[1]} stands twice in ${line}`);
    labels[label[1]!] = unescaped(label[2]!, /\\(.)/g, { '\\': '\\', '"': '"', n: '\n' });
    rest = rest.slice(label[0].length);
  }
  return { name: match[1]!, labels, value: numberOf(match[3]!) };
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw new Error(`no number: ${text}`);
  return Number(text);
}

function unescaped(text: string, pattern: RegExp, known: Record<string, string>): string {
  return text.replaceAll(pattern, (_, letter: string) => {
    const meant = known[letter];
    if (meant === undefined) throw new Error(`\\${letter} means nothing`);
    return meant;
  });
}

/** What has to hold inside a family. */
function check({ name, type, samples }: Family): void {
  const seen = new Set<string>();
  for (const sample of samples) {
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(key)) throw new Error(`a second sample: ${key}`);
    seen.add(key);
    if (type === 'counter' && !(sample.value >= 0)) throw new Error(`${key} counts ${sample.value}`);
  }
  if (type !== 'histogram') return;
  const groups = new Map<string, { buckets: [number, number][]; sum?: number; count?: number }>();
  for (const { name: part, labels, value } of samples) {
    const { le, ...others } = labels;
    const key = JSON.stringify(Object.entries(others).sort());
    const group = groups.get(key) ?? { buckets: [] };
    groups.set(key, group);
    if (part === `${name}_sum`) group.sum = value;
    else if (part === `${name}_count`) group.count = value;
    else if (part === `${name}_bucket` && le !== undefined) group.buckets.push([numberOf(le), value]);
    else throw new Error(`${part} is no part of the histogram ${name}`);
  }
  for (const [key, { buckets, sum, count }] of groups) {
    if (sum === undefined || count === undefined) throw new Error(`${name}${key} has no _sum or no _count`);
    let bound = Number.NEGATIVE_INFINITY;
    let below = 0;
    for (const [at, value] of buckets) {
      if (at <= bound) throw new Error(`${name}${key}: the bounds do not ascend at ${at}`);
      if (value < below) throw new Error(`${name}${key}: the buckets are not cumulative at ${at}`);
      bound = at;
      below = value;
    }
    if (bound !== Number.POSITIVE_INFINITY) throw new Error(`${name}${key} has no +Inf bucket`);
    if (below !== count) throw new Error(`${name}${key}: the +Inf bucket has ${below} of ${count}`);
  }
}
