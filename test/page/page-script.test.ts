import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bundlePage, scriptFile } from '../../scripts/bundle-page.mjs';
import { pageScript } from '../../src/observable/exporters/page-script.js';

it('the committed bundle of the page is that of its sources: if not, npm run page', () => {
  expect(readFileSync(scriptFile, 'utf8')).toBe(bundlePage());
});

it('it is a script that can stand in a page', () => {
  expect(() => new Function(pageScript)).not.toThrow();
  expect(pageScript).not.toMatch(/<\/script|<!--/i);
});
