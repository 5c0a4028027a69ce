import { durationText } from './duration-text.js';
import { isSlow, type Row } from './page-model.js';

/** A row in words, for those who do not see the picture. */
export function rowWords(row: Row): string {
  const words = [`${row.kind} ${row.name}`, row.state];
  if (row.started === undefined && row.kind === 'task') words.push('never began');
  else words.push(durationText(row.span));
  if (row.waited > 0) words.push(`of that waiting ${durationText(row.waited)}`);
  if (row.queued >= 1) words.push(`queued ${durationText(row.queued)} before`);
  if (isSlow(row)) words.push(`slow: ${timesText(row)}`);
  if (row.onPath > 0) words.push(`on the critical path for ${durationText(row.onPath)}`);
  return words.join(', ');
}

/** How it compares to its siblings. */
export function timesText({ timesMedian }: Row): string {
  return `${timesMedian.toFixed(1)} times the median of what is beside it`;
}

/** What stands behind its bar. */
export function barLabel(row: Row): string {
  const words: string[] = [];
  if (row.kind === 'task' && row.started === undefined && row.ended !== undefined) words.push('never began');
  else words.push(durationText(row.span));
  if (row.queued > 5) words.push(`queued ${durationText(row.queued)}`);
  if (row.state === 'cancelled') words.push('cancelled');
  const error = row.state === 'failed' ? row.facts.find(([heading]) => heading === 'Error')?.[1] : undefined;
  if (error !== undefined) words.push(firstLine(error));
  return words.join(', ');
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
