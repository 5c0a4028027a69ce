import { START } from './findings.js';
import type { Report } from './report.js';
import type { Style } from './terminal.js';
import { count, seconds } from './text.js';

/** How many pages are named that link to one and the same address; and how many addresses outside the site. */
const SOURCES = 3;
const OUTGOING = 10;

/** The report for people. `--json` has all that is cut short here. */
export function reportText(report: Report, style: Style): string {
  const lines = [...brokenTable(report, style), ...outgoingList(report, style), ...summary(report, style)];
  return `${lines.join('\n')}\n`;
}

function brokenTable({ site, broken }: Report, style: Style): string[] {
  if (broken.length === 0) return [];
  const rows = broken.flatMap(({ why, url, linkedFrom }) => {
    const from = linkedFrom.slice(0, SOURCES).map((source) => short(source, site));
    if (linkedFrom.length > SOURCES) from.push(`and ${linkedFrom.length - SOURCES} more`);
    return from.map((source, index) => (index === 0 ? [why, short(url, site), source] : ['', '', source]));
  });
  const titles = ['Broken', 'Link', 'Linked from'];
  const widths = titles.map((_, column) =>
    Math.max(...[titles, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], code: 'bold' | 'red'): string => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return [style(code, cells[0] ?? ''), ...cells.slice(1)].join('  ').trimEnd();
  };
  return [line(titles, 'bold'), ...rows.map((row) => line(row, 'red')), ''];
}

function outgoingList({ outgoing }: Report, style: Style): string[] {
  if (outgoing.length === 0) return [];
  const shown = outgoing.slice(0, OUTGOING).map(({ url }) => `  ${url}`);
  if (outgoing.length > OUTGOING) shown.push(style('dim', `  and ${outgoing.length - OUTGOING} more`));
  return [style('bold', 'Outgoing links, not fetched'), ...shown, ''];
}

function summary(report: Report, style: Style): string[] {
  const { site, broken, outgoing, totals, elapsed, sequential, stoppedBy } = report;
  const { addresses, links, redirects, requests, retries } = totals;
  const verdict =
    broken.length === 0 ? style('green', 'nothing broken') : style('red', `${broken.length} broken`);
  const lines = [
    style('bold', site),
    `${count(addresses, 'address', 'addresses')}, ${count(links, 'link')}: ${verdict}, ${outgoing.length} outgoing, ` +
      `${count(redirects, 'redirect')}`,
    `${count(requests, 'request')} (${count(retries, 'retry', 'retries')}) in ${seconds(elapsed)}; ` +
      `one after another they would have taken ${seconds(sequential)}`,
  ];
  if (stoppedBy === null) return lines;
  const cause = stoppedBy === 'deadline' ? 'the deadline passed' : 'interrupted';
  const left = count(totals.notVisited, 'known address', 'known addresses');
  return [...lines, style('yellow', `Incomplete, ${cause}: ${left} not visited`)];
}

/** Addresses of the site are shown without what they all begin with. */
function short(url: string, site: string): string {
  if (url === START) return url;
  return url.startsWith(site) ? url.slice(site.length - 1) : url;
}
