/** A small tokenizer for HTML: only as much as finding links takes. After the states of the HTML standard, part 13.2.5. */

/** A start tag. Names are in lower case; of an attribute that is given twice the first counts. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Elements whose content is text, whatever it looks like: it ends only at their own end tag. */
const textElements = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'noembed', 'noframes']);

/** Name, then "value", 'value' or value. A quote that is never closed takes the rest of the page, as in a browser. */
const attribute = /[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)(?:"|$)|'([^']*)(?:'|$)|([^\s>]*)))?/y;
const tagName = /[a-z][^\s/>]*/iy;

/** The start tags of a page, in order; comments, declarations, end tags and the insides of scripts are skipped. */
export function* tagsOf(html: string): Generator<Tag, void, undefined> {
  let at = html.indexOf('<');
  while (at !== -1) {
    if (html.startsWith('<!--', at)) {
      at = endOfComment(html, at);
    } else if (/[a-z]/i.test(html.charAt(at + 1))) {
      const { tag, end } = readTag(html, at + 1);
      yield tag;
      at = textElements.has(tag.name) ? endOfText(html, end, tag.name) : end;
    } else if (/[!?/]/.test(html.charAt(at + 1))) {
      at = after(html, '>', at);
    } else {
      at++; // a stray "<" is text
    }
    at = html.indexOf('<', at);
  }
}

function readTag(html: string, start: number): { tag: Tag; end: number } {
  tagName.lastIndex = start;
  const name = tagName.exec(html)?.[0] ?? '';
  const attributes = new Map<string, string>();
  let at = start + name.length;
  for (;;) {
    attribute.lastIndex = at;
    const match = attribute.exec(html);
    if (match === null) break;
    at = attribute.lastIndex;
    const key = match[1]?.toLowerCase() ?? '';
    if (!attributes.has(key)) attributes.set(key, decodeEntities(match[2] ?? match[3] ?? match[4] ?? ''));
  }
  return { tag: { name: name.toLowerCase(), attributes }, end: after(html, '>', at) };
}

/** Where a comment ends: `-->` or `--!>`, or at once for `<!-->` and `<!--->`. */
function endOfComment(html: string, start: number): number {
  const end = /--!?>|^<!--?-?>/g;
  end.lastIndex = start + 2;
  return end.test(html) ? end.lastIndex : html.length;
}

function endOfText(html: string, start: number, name: string): number {
  const end = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  end.lastIndex = start;
  return end.exec(html)?.index ?? html.length;
}

function after(html: string, text: string, start: number): number {
  const found = html.indexOf(text, start);
  return found === -1 ? html.length : found + text.length;
}

/** Those that turn up in addresses; the other two thousand do not. */
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  num: '#',
  sol: '/',
  colon: ':',
  quest: '?',
  equals: '=',
  period: '.',
  lowbar: '_',
};

/** Character references, by the rules for attributes: `?a=1&copy=2` holds none. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([\da-f]+);?|#(\d+);?|([a-z]+);|amp(?![a-z\d=]))/gi,
    (whole, hex, decimal, name) => {
      if (name !== undefined) return entities[name] ?? whole;
      if (hex === undefined && decimal === undefined) return '&';
      const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}
