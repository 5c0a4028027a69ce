import { observe, run, spawn, TaskCancelledError, TimeoutError, use } from 'skein';
import { type CommandLine, readCommandLine, UsageError, usage } from './command-line.js';
import { crawl } from './crawl.js';
import { serveDemo } from './demo-site.js';
import { Findings } from './findings.js';
import { FolderSite } from './folder-site.js';
import { Log } from './log.js';
import { recordPicture } from './picture.js';
import { FETCH, Progress } from './progress.js';
import { makeReport, type Stop } from './report.js';
import { reportText } from './report-text.js';
import { SequentialTime } from './sequential-time.js';
import type { Site } from './site.js';
import { type Output, styleFor, Terminal } from './terminal.js';
import { WebSite } from './web-site.js';

/** The part of `process` that the program uses. */
export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The whole program. Gives its exit code; that of an interrupted one is up to `run`. */
export async function siteCheck(args: readonly string[], streams: Streams): Promise<number> {
  try {
    const options = readCommandLine(args);
    if (!options.help) return await check(options, streams);
    streams.stdout.write(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    streams.stderr.write(`site-check: ${error.message}\nTry --help.\n`);
    return 2;
  }
}

async function check(options: CommandLine, { stdout, stderr, env }: Streams): Promise<number> {
  const terminal = new Terminal(stderr);
  const findings = new Findings(new SequentialTime(typeof options.target === 'string'));
  const progress = new Progress();
  let root = '';
  let stoppedBy: Stop | null = null;
  const picture = recordPicture(options);
  try {
    await run(
      async () => {
        const site = await openSite(options);
        root = site.root;
        terminal.line(`checking ${root}`);
        use(observe(progress, { kinds: ['task'], where: ({ task }) => task.name.startsWith(FETCH) }));
        spawn(() => progress.show(terminal), { name: 'progress', service: true });
        await crawl(site, findings, new Log(terminal, options.verbose), options);
      },
      { name: 'site-check', handleSignals: true },
    );
  } catch (error) {
    // What has been found up to now is worth a report, whether time ran out or somebody pressed Ctrl-C.
    if (error instanceof TimeoutError) stoppedBy = 'deadline';
    else if (error instanceof TaskCancelledError) stoppedBy = 'interrupted';
    else throw error;
  } finally {
    terminal.clearStatus();
    await picture?.write();
  }
  const report = makeReport(root, findings, progress.elapsed, stoppedBy);
  if (options.json) stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else stdout.write(reportText(report, styleFor(stdout, env)));
  return report.complete && report.broken.length === 0 ? 0 : 1;
}

async function openSite({ target, concurrency }: CommandLine): Promise<Site> {
  if (typeof target === 'string') return await FolderSite.open(target);
  return use(new WebSite(target ?? (await serveDemo()), concurrency));
}
