// site-check's reading of HTML: what counts as a link, and what only looks like one.
import { describe, expect, it } from 'vitest';
import { decodeEntities, tagsOf } from '../../examples/site-check/html.js';
import { linksOf } from '../../examples/site-check/links.js';

const links = (html: string): string[] => [...linksOf(html).links];
const tags = (html: string): unknown[] =>
  [...tagsOf(html)].map(({ name, attributes }) => [name, Object.fromEntries(attributes)]);

describe('tokens', () => {
  it('attributes: quoted, unquoted, empty, in any case, the first of two', () => {
    expect(tags(`<A HREF="one two" b='"' c=d/e F g= h><br/>`)).toEqual([
      ['a', { href: 'one two', b: '"', c: 'd/e', f: '', g: 'h' }],
      ['br', {}],
    ]);
    expect(tags('<a href=1 href=2>')).toEqual([['a', { href: '1' }]]);
    expect(tags('<a\n\thref\n=\n"x"\n>')).toEqual([['a', { href: 'x' }]]);
    expect(tags(`<a href="a>b">`)).toEqual([['a', { href: 'a>b' }]]);
  });

  it('comments, declarations and end tags are skipped', () => {
    expect(tags('<!doctype html><!-- <a href=x> --><?xml?></p x=">"><i>')).toEqual([['i', {}]]);
    expect(tags('<!--><b><!---><i><!-- --!><u>')).toEqual([
      ['b', {}],
      ['i', {}],
      ['u', {}],
    ]);
    expect(tags('<!-- never closed <a href=x>')).toEqual([]);
  });

  it('the insides of scripts, styles and text fields are text', () => {
    const names = (html: string): string[] => [...tagsOf(html)].map(({ name }) => name);
    expect(names(`<script>'<a href="x">' </scriptx> <b></SCRIPT ><i>`)).toEqual(['script', 'i']);
    expect(names('<style><a></style><title><a></title><textarea><a></textarea><i>')).toEqual([
      'style',
      'title',
      'textarea',
      'i',
    ]);
    expect(names('<script> never closed <a>')).toEqual(['script']);
  });

  it('a stray < is text', () => {
    expect(tags('1 < 2 <3 << <b>')).toEqual([['b', {}]]);
    expect(tags('the end <')).toEqual([]);
    expect(tags('the end <a href="x')).toEqual([['a', { href: 'x' }]]);
  });

  it('character references', () => {
    expect(decodeEntities('?a=1&amp;b=2&lt;&#65;&#x42;&quot;')).toBe('?a=1&b=2<AB"');
    expect(decodeEntities('?a=1&copy=2&amp=3&unknown;&')).toBe('?a=1&copy=2&amp=3&unknown;&');
    expect(decodeEntities('&#0;&#x110000;')).toBe('\ufffd\ufffd');
  });

  it('takes linear time for hostile pages', () => {
    const began = performance.now();
    for (const piece of ['<', '<!--', '<a ', '<a href="', '<script>', '&#', '<a =', ' ='])
      linksOf(`<a ${piece.repeat(50_000)}`);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('links', () => {
  it('every kind of element that holds an address', () => {
    const html = `<link rel=stylesheet href=1><script src=2></script><img src=3 srcset="4 1x, 5,6.png 2x,7"><a href=" 8 ">
      <area href=9><iframe src=10></iframe><video src=11 poster=12><source srcset=13><track src=14></video>
      <object data=15></object><meta http-equiv=Refresh content="0; URL='16'">`;
    expect(links(html)).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5,6.png',
      '7',
      '8',
      '9',
      '10',
      '11',
      '12',
      '13',
      '14',
      '15',
      '16',
    ]);
  });

  it('no form is sent, and a server that is only named is no page', () => {
    expect(
      links('<form action=/delete></form><link rel="dns-prefetch" href=//x><link rel=preconnect href=//y>'),
    ).toEqual([]);
  });

  it('anchors are ids and the names of <a>; the first base counts', () => {
    const { anchors, base } = linksOf(
      '<base href=/b/><base href=/c/><h1 id=one><a name="two"><img name=three>',
    );
    expect([...anchors]).toEqual(['one', 'two']);
    expect(base).toBe('/b/');
  });
});
