import { textElement } from './elements.js';
import type { PageModel, Row } from './page-model.js';
import { ROW_HEIGHT, RULER_HEIGHT } from './row-geometry.js';
import type { RowList } from './row-list.js';
import { rowWords } from './row-words.js';

/** Deeper rows are not indented further. */
const DEEPEST = 12;
/** So many characters at the end of a name are always shown. */
const TAIL = 8;

/** What the tree shows at the moment. */
export interface TreeState {
  readonly rows: RowList;
  readonly found: ReadonlySet<number>;
  readonly picked: number;
  readonly top: number;
  readonly height: number;
}

/**
 * The names beside the chart: an ARIA tree that says in words what the chart shows. Only the rows on the screen are elements;
 * each says how many siblings it has and which one it is, so that a screen reader knows of the others.
 *
 *     tree ── layer, moved up by what is scrolled ── items by position: 17 ─ 18 ─ ... ─ 46
 *
 * Scrolling makes and removes only what comes and goes.
 */
export class AccessibleTree {
  private readonly box: HTMLElement;
  private readonly layer: HTMLElement;
  private readonly model: PageModel;
  /** What is shown, by its position. Invariant: the children of the layer, in this order. */
  private items = new Map<number, HTMLElement>();
  private shownVersion = -1;

  constructor(box: HTMLElement, model: PageModel) {
    this.box = box;
    this.model = model;
    this.layer = document.createElement('div');
    this.layer.role = 'presentation';
    box.replaceChildren(this.layer);
  }

  /** `version` changes whenever something but the scrolling does. */
  draw(state: TreeState, version: number): void {
    const { rows, top, height, picked } = state;
    if (version !== this.shownVersion) {
      this.shownVersion = version;
      this.items.clear();
      this.layer.replaceChildren();
    }
    const first = Math.floor(top / ROW_HEIGHT);
    const last = Math.min(rows.length, first + Math.ceil(height / ROW_HEIGHT) + 1);
    for (const [position, item] of this.items) if (position < first || position >= last) item.remove();
    const items = new Map<number, HTMLElement>();
    let before: Element | null = null;
    for (let position = first; position < last; position++) {
      let item = this.items.get(position);
      if (item === undefined) {
        item = this.itemOf(rows.at(position)!, state);
        item.style.top = `${RULER_HEIGHT + position * ROW_HEIGHT}px`;
        if (before === null) this.layer.prepend(item);
        else before.after(item);
      }
      items.set(position, item);
      before = item;
    }
    this.items = items;
    this.layer.style.transform = `translateY(${-top}px)`;
    // It may only name what is there.
    const active = picked < 0 ? undefined : items.get(rows.positions[picked]!);
    if (active?.id === `row-${picked}`) this.box.setAttribute('aria-activedescendant', active.id);
    else this.box.removeAttribute('aria-activedescendant');
  }

  private itemOf(row: Row, { rows, found, picked }: TreeState): HTMLElement {
    const item = document.createElement('div');
    const folded = rows.isFolded(row);
    item.id = `row-${row.index}`;
    item.dataset['row'] = String(row.index);
    item.role = 'treeitem';
    item.ariaLevel = String(row.depth + 1);
    item.ariaSelected = String(row.index === picked);
    item.ariaSetSize = String(this.model.siblings(row).length);
    item.ariaPosInSet = String(row.place);
    item.ariaLabel = rowWords(row);
    item.title = row.name;
    item.style.setProperty('--depth', String(Math.min(row.depth, DEEPEST)));
    if (row.children.length > 0) item.ariaExpanded = String(!folded);
    const twisty = textElement('i', row.children.length === 0 ? '' : folded ? '▸' : '▾');
    item.append(twisty, nameOf(row, found.has(row.index)));
    return item;
  }
}

/** A name that is cut in its middle where there is no room: numbers and paths differ at their ends. */
function nameOf({ name, state }: Row, isFound: boolean): HTMLElement {
  const box = document.createElement('span');
  box.className = isFound ? `${state} found` : state;
  const cut = Math.max(0, name.length - TAIL);
  box.append(textElement('span', name.slice(0, cut)), textElement('span', name.slice(cut)));
  return box;
}
