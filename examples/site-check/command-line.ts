import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CrawlOptions } from './crawl.js';

export const usage = `Checks the links of a website.

Usage: npm start -- [options] [URL or folder]

Crawls every page that can be reached on the site at the URL, or in a folder of HTML files. Without either it
serves a generated site on this machine and checks that. Links that leave the site are listed, not fetched.

  --concurrency <n>   requests in flight at once (default 16)
  --timeout <time>    for each request (default 10s; 1s for the generated site)
  --deadline <time>   for the whole crawl (default 5m)
  --retries <n>       after a dropped connection (default 2)
  --json              print the report as JSON, and nothing else, to standard output
  --verbose           log every request
  --timeline <file>   write a picture of the run, as an HTML page
  --trace <file>      write the same for Perfetto (ui.perfetto.dev)
  --help              print this

A time is a number with ms, s or m behind it. Colours are left out where NO_COLOR is set.
Exit code: 0 no broken links; 1 broken links, or not all of the site was checked; 2 misuse; 130 after Ctrl-C.
`;

export interface CommandLine extends CrawlOptions {
  readonly target: URL | string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
  /** Where a picture of the run is written, as a page and for Perfetto. */
  readonly timeline: string | undefined;
  readonly trace: string | undefined;
}

/** What the user got wrong. */
export class UsageError extends Error {}

export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  if (positionals.length > 1)
    throw new UsageError(`one URL or folder, please, and not ${positionals.length}`);
  const target = values.help ? undefined : readTarget(positionals[0]);
  return {
    target,
    concurrency: readCount('--concurrency', values.concurrency ?? '16', 1),
    timeout: readTime('--timeout', values.timeout ?? (target === undefined ? '1s' : '10s')),
    deadline: readTime('--deadline', values.deadline ?? '5m'),
    retries: readCount('--retries', values.retries ?? '2', 0),
    json: values.json,
    verbose: values.verbose,
    help: values.help,
    timeline: values.timeline,
    trace: values.trace,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        concurrency: text,
        timeout: text,
        deadline: text,
        retries: text,
        timeline: text,
        trace: text,
        json: flag,
        verbose: flag,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    // Its first sentence names the option; the rest explains how to pass a file name that begins with a dash.
    throw new UsageError((error as Error).message.replace(/\. .*/s, ''));
  }
}

function readTarget(given: string | undefined): URL | string | undefined {
  if (given === undefined) return undefined;
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(given)) {
    if (!URL.canParse(given)) throw new UsageError(`not a URL: ${given}`);
    const url = new URL(given);
    if (!/^https?:$/.test(url.protocol))
      throw new UsageError(`only http: and https: can be checked: ${given}`);
    return url;
  }
  const found = statSync(given, { throwIfNoEntry: false });
  if (found === undefined)
    throw new UsageError(`no such folder: ${given} (a URL begins with http:// or https://)`);
  if (!found.isDirectory()) throw new UsageError(`not a folder: ${given}`);
  return given;
}

function readCount(option: string, given: string, least: number): number {
  const number = Number(given);
  if (!/^\d+$/.test(given) || number < least) {
    throw new UsageError(`${option} takes a whole number from ${least} on, and was given ${given}`);
  }
  return number;
}

const units = { ms: 1, s: 1000, m: 60_000 };

function readTime(option: string, given: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(given) ?? [];
  const time = Number(number) * units[unit as keyof typeof units];
  if (!(time > 0))
    throw new UsageError(`${option} takes a time such as 500ms, 2s or 5m, and was given ${given}`);
  return time;
}
