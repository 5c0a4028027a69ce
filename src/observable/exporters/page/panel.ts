import { durationText } from './duration-text.js';
import { textElement } from './elements.js';
import { isSlow, type PageModel, type Row } from './page-model.js';
import { stepWords } from './path-words.js';
import { timesText } from './row-words.js';

/** So many of the longest waits are listed. */
const LISTED = 40;

/** All that is known of the picked row. */
export class Panel {
  private readonly box: HTMLElement;
  private readonly model: PageModel;
  private readonly go: (row: number) => void;

  constructor(box: HTMLElement, model: PageModel, go: (row: number) => void) {
    this.box = box;
    this.model = model;
    this.go = go;
  }

  hide(): void {
    this.box.hidden = true;
  }

  show(row: Row): void {
    const list = document.createElement('dl');
    for (const [heading, text] of timesOf(row)) addFact(list, heading, text);
    const spawner = this.model.rows[row.spawner];
    if (spawner !== undefined) {
      addFact(list, 'Spawned by', `${spawner.kind} #${spawner.id} '${spawner.name}' `);
      list.lastElementChild?.append(this.linkTo(spawner.index));
    }
    for (const [heading, text] of row.facts) addFact(list, heading, text);
    if (row.onPath > 0) addFact(list, 'On the critical path', this.stepsOf(row));
    const title = textElement('h2', `${row.kind} #${row.id} ${row.name}`);
    title.id = 'panel-title';
    this.box.replaceChildren(title, textElement('p', row.state), shares(row), list, ...this.waitsOf(row));
    this.box.querySelector('p')!.className = row.state;
    this.box.hidden = false;
    this.box.scrollTop = 0;
  }

  private stepsOf({ index }: Row): string {
    const steps = this.model.path.filter((step) => step.row === index);
    const rest = steps.length > 10 ? [`and ${steps.length - 10} more`] : [];
    return [...steps.slice(0, 10).map(stepWords), ...rest].join('\n');
  }

  /** What it waited for, the longest first; several waits for the same are told as one. */
  private waitsOf({ waits }: Row): HTMLElement[] {
    const sums = new Map<number, { count: number; time: number }>();
    for (let at = 0; at < waits.length; at += 3) {
      const sum = sums.get(waits[at + 2]!) ?? { count: 0, time: 0 };
      sum.count++;
      sum.time += waits[at + 1]! - waits[at]!;
      sums.set(waits[at + 2]!, sum);
    }
    if (sums.size === 0) return [];
    const list = document.createElement('ul');
    const ordered = [...sums].sort(([, a], [, b]) => b.time - a.time);
    for (const [text, { count, time }] of ordered.slice(0, LISTED)) {
      const times = count === 1 ? '' : ` in ${count} waits`;
      const item = textElement('li', `${durationText(time)}${times}: ${this.model.data.texts[text]!}`);
      for (const target of this.model.data.links[text]!.slice(0, 8)) item.append(' ', this.linkTo(target));
      list.append(item);
    }
    if (ordered.length > LISTED) list.append(textElement('li', `and ${ordered.length - LISTED} more`));
    return [textElement('h3', 'What it waited for'), list];
  }

  private linkTo(target: number): HTMLButtonElement {
    const { id, name } = this.model.rows[target]!;
    const button = textElement('button', `→ #${id}`);
    button.ariaLabel = `go to ${name}`;
    button.onclick = () => this.go(target);
    return button;
  }
}

function addFact(list: HTMLElement, heading: string, text: string): void {
  list.append(textElement('dt', heading), textElement('dd', text));
}

function timesOf(row: Row): [string, string][] {
  const times: [string, string][] = [['Created', durationText(row.created)]];
  if (row.started !== undefined) times.push(['Began', durationText(row.started)]);
  if (row.cancelled !== undefined) times.push(['Cancelled', durationText(row.cancelled)]);
  times.push(['Ended', row.ended === undefined ? 'not yet' : durationText(row.ended)]);
  times.push(['Took', durationText(row.span)]);
  if (isSlow(row)) times.push(['Slow', timesText(row)]);
  return times;
}

/** Wait against work, as a bar with its legend. */
function shares(row: Row): HTMLElement {
  const figure = document.createElement('figure');
  if (row.kind === 'scope') return figure;
  const ran = Math.max(0, row.span - row.waited);
  const parts = [
    ['queued', row.queued, 'queued'],
    ['waited', row.waited, 'waited'],
    ['ran', ran, "ran, or awaited a promise that is not skein's"],
  ] as const;
  const whole = row.queued + row.waited + ran || 1;
  const bar = document.createElement('div');
  bar.className = 'shares';
  const words = document.createElement('ul');
  for (const [name, time, text] of parts) {
    const part = document.createElement('span');
    part.className = name;
    part.style.flexGrow = String(time / whole);
    if (time > 0) bar.append(part);
    const percent = `${Math.round((time / whole) * 100)} %`;
    words.append(textElement('li', `${durationText(time)} (${percent}) ${text}`));
  }
  bar.ariaHidden = 'true';
  figure.append(bar, words);
  return figure;
}
