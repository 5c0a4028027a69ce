/**
 * The script of the timeline page, as plain JavaScript for a browser.
 *
 *     data ──▶ rows (the tree without what is folded) ──▶ only those on the screen are drawn, bars on a canvas and names as a tree
 */
export const pageScript = String.raw`
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const scroller = byId('scroller'), tree = byId('tree'), chart = byId('chart'), minimap = byId('minimap'), panel = byId('panel');
const HEIGHT = 22, RULER = 22;
const children = data.rows.map(() => []), depth = [], place = [], roots = [];
data.rows.forEach((row, i) => {
  depth[i] = row.around < 0 ? 0 : depth[row.around] + 1;
  place[i] = (row.around < 0 ? roots : children[row.around]).push(i);
  row.end = row.ended ?? data.duration;
  row.waited = 0;
  for (let w = 0; w < row.waits.length; w += 3) row.waited += row.waits[w + 1] - row.waits[w];
});
const folded = new Set(data.rows.flatMap((row, i) => (depth[i] >= data.depth || (row.kind === 'scope' && data.folded.includes(row.name)) ? [i] : [])));
let rows = [], found = new Set(), at = -1, picked = -1, from = 0, to = data.duration || 1, order = 'start';
const whole = Math.max(data.duration, 0.001);

function arrange() {
  const compare = { start: (a, b) => a - b, longest: (a, b) => span(b) - span(a), queued: (a, b) => queued(b) - queued(a) }[order];
  rows = [];
  const stack = [...roots].sort(compare).reverse();
  while (stack.length > 0) {
    const i = stack.pop();
    rows.push(i);
    if (!folded.has(i)) stack.push(...[...children[i]].sort(compare).reverse());
  }
  byId('spacer').style.height = Math.max(0, rows.length * HEIGHT + RULER - scroller.clientHeight) + 'px';
  draw();
}
const span = (i) => data.rows[i].end - (data.rows[i].started ?? data.rows[i].end);
const queued = (i) => (data.rows[i].kind === 'task' ? (data.rows[i].started ?? data.rows[i].end) - data.rows[i].created : 0);
const ms = (n) => (n >= 1000 ? (n / 1000).toFixed(2) + ' s' : n >= 10 ? n.toFixed(0) + ' ms' : n.toFixed(2) + ' ms');

// ── patterns: each state differs by colour and by pattern ──
let paint;
function pattern(context, background, ink, draw) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const t = tile.getContext('2d');
  if (background) { t.fillStyle = background; t.fillRect(0, 0, 8, 8); }
  t.strokeStyle = t.fillStyle = ink;
  draw(t);
  return context.createPattern(tile, 'repeat');
}
function palette(context) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue('--' + name).trim();
  const slanted = (t) => { t.lineWidth = 1.4; t.beginPath(); for (const x of [-8, 0, 8]) { t.moveTo(x, 8); t.lineTo(x + 8, 0); } t.stroke(); };
  const upright = (t) => { t.fillRect(0, 0, 3, 8); t.fillRect(5, 0, 1, 8); };
  const dots = (t) => { t.fillRect(1, 2, 2, 2); t.fillRect(5, 6, 2, 2); };
  const { work, wait, failed, cancelled, paper, ink, soft, line, picked } = Object.fromEntries(
    ['work', 'wait', 'failed', 'cancelled', 'paper', 'ink', 'soft', 'line', 'picked'].map((name) => [name, colour(name)]));
  return { ink, soft, line, picked, paper, failedColour: failed, work, failed, cancelled: pattern(context, paper, cancelled, upright),
    workWait: pattern(context, wait, work, slanted), failedWait: pattern(context, paper, failed, slanted),
    cancelledWait: pattern(context, paper, cancelled, slanted), queued: pattern(context, null, soft, dots) };
}
function sized(canvas) {
  const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

// ── drawing ──
let wanted = false;
function draw() { if (!wanted) { wanted = true; requestAnimationFrame(() => { wanted = false; paintAll(); }); } }
function paintAll() {
  const height = scroller.clientHeight;
  byId('sticky').style.height = tree.style.height = chart.style.height = height + 'px';
  const { context, width } = sized(chart);
  paint ??= palette(context);
  const x = (time) => ((time - from) / (to - from)) * width;
  const first = Math.floor(scroller.scrollTop / HEIGHT), shift = RULER - (scroller.scrollTop % HEIGHT);
  const last = Math.min(rows.length, first + Math.ceil(height / HEIGHT) + 1);
  grid(context, width, x, height);
  for (let r = first; r < last; r++) bar(context, data.rows[rows[r]], rows[r], x, shift + (r - first) * HEIGHT, width);
  ruler(context, width, x);
  names(first, last, shift);
  overview();
}
function grid(context, width, x, height) {
  context.fillStyle = paint.line;
  for (const t of ticks(width)) context.fillRect(Math.round(x(t)), 0, 1, height);
}
function ticks(width) {
  const rough = ((to - from) / Math.max(1, width / 110)), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const list = [];
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) list.push(t);
  return list;
}
function ruler(context, width, x) {
  context.fillStyle = paint.paper; context.fillRect(0, 0, width, RULER);
  context.font = '11px system-ui, sans-serif';
  for (const t of ticks(width)) {
    context.fillStyle = paint.line; context.fillRect(Math.round(x(t)), 0, 1, RULER);
    context.fillStyle = paint.soft; context.fillText(t >= 1000 ? +(t / 1000).toFixed(4) + ' s' : +t.toFixed(3) + ' ms', x(t) + 4, 15);
  }
}
function bar(context, row, i, x, y, width) {
  if (i === picked) { context.fillStyle = paint.picked; context.fillRect(0, y, width, HEIGHT); }
  const begin = row.started ?? row.end, a = Math.max(-2, x(begin)), b = Math.min(width + 2, x(row.end));
  if (row.kind === 'scope') {
    context.fillStyle = row.state === 'cancelled' ? paint.cancelled : paint.soft;
    context.fillRect(a, y + 10, Math.max(1, b - a), 2);
    context.fillRect(a, y + 7, 2, 8); context.fillRect(b - 2, y + 7, 2, 8);
    return;
  }
  const kind = row.state === 'failed' || row.state === 'cancelled' ? row.state : 'work';
  if (begin > row.created) {
    const q = Math.max(-2, x(row.created));
    if (a - q > 1) { context.fillStyle = paint.queued; context.fillRect(q, y + 7, a - q, 8); }
  }
  const length = Math.max(1.5, b - a);
  if (b >= 0 && a <= width) {
    context.fillStyle = paint[kind]; context.fillRect(a, y + 4, length, 14);
    let drawn = -1;
    for (let w = 0; w < row.waits.length; w += 3) {
      const l = Math.max(a, x(row.waits[w])), r = Math.min(b, x(row.waits[w + 1]));
      if (r <= drawn + 0.5 || r < 0 || l > width) continue;
      context.fillStyle = paint.paper; context.fillRect(l, y + 4, r - l, 14);
      context.fillStyle = paint[kind + 'Wait']; context.fillRect(l, y + 4, Math.max(0.5, r - l), 14);
      drawn = r;
    }
    if (row.ended !== undefined && kind !== 'work') {
      context.strokeStyle = kind === 'failed' ? paint.failedColour : paint.ink; context.lineWidth = 1.6; context.beginPath();
      context.moveTo(b + 3, y + 7); context.lineTo(b + 11, y + 15);
      if (kind === 'failed') { context.moveTo(b + 11, y + 7); context.lineTo(b + 3, y + 15); }
      else { context.moveTo(b + 11, y + 11); context.arc(b + 7, y + 11, 4, 0, 7); }
      context.stroke();
    }
    context.font = '11px system-ui, sans-serif'; context.fillStyle = paint.soft;
    if (b + 80 < width) context.fillText(ms(row.end - begin) + (queued(i) > 5 ? ', queued ' + ms(queued(i)) : ''), b + 15, y + 15);
  }
}
function names(first, last, shift) {
  const list = [];
  for (let r = first; r < last; r++) {
    const i = rows[r], row = data.rows[i], item = document.createElement('div');
    item.id = 'row-' + i; item.setAttribute('role', 'treeitem');
    item.setAttribute('aria-level', depth[i] + 1); item.setAttribute('aria-selected', i === picked);
    const siblings = row.around < 0 ? roots : children[row.around];
    item.setAttribute('aria-setsize', siblings.length); item.setAttribute('aria-posinset', place[i]);
    if (children[i].length > 0) item.setAttribute('aria-expanded', !folded.has(i));
    item.setAttribute('aria-label', row.kind + ' ' + row.name + ', ' + row.state + ', ' + ms(span(i)) + ', of that waiting ' + ms(row.waited));
    item.style.top = shift + (r - first) * HEIGHT + 'px'; item.style.paddingLeft = 6 + Math.min(depth[i], 12) * 12 + 'px';
    const twisty = document.createElement('i');
    twisty.textContent = children[i].length === 0 ? '' : folded.has(i) ? '▸' : '▾';
    const label = document.createElement('span');
    label.textContent = row.name; label.className = row.state + (found.has(i) ? ' found' : '');
    item.append(twisty, label); item.title = row.name;
    item.onclick = (event) => { if (event.target === twisty) fold(i, !folded.has(i)); pick(i); tree.focus(); };
    list.push(item);
  }
  tree.replaceChildren(...list);
  if (picked >= 0) tree.setAttribute('aria-activedescendant', 'row-' + picked);
}
let densest;
function overview() {
  const { context, width, height } = sized(minimap), bins = Math.max(1, Math.floor(width / 2));
  if (densest?.bins !== bins) {
    const count = new Float64Array(bins + 1), bad = new Float64Array(bins + 1), bin = (t) => Math.min(bins - 1, Math.floor((t / whole) * bins));
    for (const row of data.rows) if (row.kind === 'task' && row.started !== undefined) {
      count[bin(row.started)]++; count[bin(row.end) + 1]--;
      if (row.state === 'failed') bad[bin(row.end)]++;
    }
    for (let n = 1; n <= bins; n++) count[n] += count[n - 1];
    densest = { bins, count, bad, most: Math.max(1, ...count) };
  }
  for (let n = 0; n < bins; n++) {
    const tall = (densest.count[n] / densest.most) * (height - 8);
    context.fillStyle = paint.work; context.fillRect(n * 2, height - tall, 1.5, tall);
    if (densest.bad[n] > 0) { context.fillStyle = paint.failedColour; context.fillRect(n * 2, 0, 2, 5); }
  }
  const l = (from / whole) * width, r = (to / whole) * width;
  context.globalAlpha = 0.25; context.fillStyle = paint.soft; context.fillRect(0, 0, l, height); context.fillRect(r, 0, width - r, height);
  context.globalAlpha = 1; context.fillStyle = paint.ink; context.fillRect(l, 0, 1.5, height); context.fillRect(r - 1.5, 0, 1.5, height);
}

// ── moving about ──
function show(a, b) {
  const size = Math.min(whole, Math.max(whole / 1e6, b - a));
  from = Math.min(Math.max(0, a), whole - size); to = from + size; draw();
}
function zoom(factor, centre = (from + to) / 2) { show(centre - (centre - from) * factor, centre + (to - centre) * factor); }
function fold(i, on) { if (on) folded.add(i); else folded.delete(i); arrange(); }
function pick(i, scroll) {
  picked = i; panel.hidden = i < 0;
  if (i >= 0) {
    for (let up = data.rows[i].around; up >= 0; up = data.rows[up].around) if (folded.delete(up)) arrange();
    if (scroll) {
      const top = rows.indexOf(i) * HEIGHT;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top > scroller.scrollTop + scroller.clientHeight - RULER - HEIGHT) scroller.scrollTop = top - scroller.clientHeight + RULER + HEIGHT;
    }
    describe(i);
  }
  draw();
}
function describe(i) {
  const row = data.rows[i], facts = [['State', row.state], ['Created', ms(row.created)]];
  if (row.kind === 'task') facts.push(['Queued', ms(queued(i))]);
  if (row.started !== undefined) facts.push(['Began', ms(row.started)]);
  facts.push(['Ended', row.ended === undefined ? 'not yet' : ms(row.ended)], ['Took', ms(span(i))]);
  if (row.kind === 'task') facts.push(['Waited', ms(row.waited)], ['Ran, or awaited a promise that is not skein\'s', ms(Math.max(0, span(i) - row.waited))]);
  facts.push(...row.facts);
  const waits = [];
  for (let w = 0; w < row.waits.length && waits.length < 50; w += 3) waits.push(ms(row.waits[w + 1] - row.waits[w]) + '  ' + data.texts[row.waits[w + 2]]);
  if (waits.length > 0) facts.push(['Its waits', waits.join('\n')]);
  const list = document.createElement('dl');
  for (const [heading, text] of facts) {
    const dt = document.createElement('dt'), dd = document.createElement('dd');
    dt.textContent = heading; dd.textContent = text; list.append(dt, dd);
  }
  const title = document.createElement('h2');
  title.textContent = row.kind + ' #' + row.id + ' ' + row.name;
  panel.replaceChildren(title, list);
}
function search(text) {
  const sought = text.trim().toLowerCase();
  found = new Set(); at = -1;
  if (sought !== '') data.rows.forEach((row, i) => { if ((row.name + ' ' + row.state).toLowerCase().includes(sought)) found.add(i); });
  byId('found').textContent = sought === '' ? '' : found.size + ' found';
  draw();
}
byId('search').oninput = (event) => search(event.target.value);
byId('search').onkeydown = (event) => {
  if (event.key !== 'Enter' || found.size === 0) return;
  const list = rows.concat([...found]).filter((i, n, all) => found.has(i) && all.indexOf(i) === n);
  at = (at + (event.shiftKey ? list.length - 1 : 1)) % list.length; pick(list[at], true);
};
byId('order').onchange = (event) => { order = event.target.value; arrange(); };
byId('in').onclick = () => zoom(0.5); byId('out').onclick = () => zoom(2); byId('fit').onclick = () => show(0, whole);
tree.onkeydown = (event) => {
  const r = rows.indexOf(picked), page = Math.max(1, Math.floor(scroller.clientHeight / HEIGHT) - 2);
  const moves = { ArrowDown: r + 1, ArrowUp: r - 1, Home: 0, End: rows.length - 1, PageDown: r + page, PageUp: r - page };
  const wide = to - from;
  if (event.shiftKey && event.key === 'ArrowLeft') show(from - wide / 4, to - wide / 4);
  else if (event.shiftKey && event.key === 'ArrowRight') show(from + wide / 4, to + wide / 4);
  else if (event.key in moves) pick(rows[Math.max(0, Math.min(rows.length - 1, moves[event.key]))], true);
  else if (event.key === 'ArrowLeft' && picked >= 0) {
    if (children[picked].length > 0 && !folded.has(picked)) fold(picked, true);
    else if (data.rows[picked].around >= 0) pick(data.rows[picked].around, true);
  } else if (event.key === 'ArrowRight' && picked >= 0) fold(picked, false);
  else if (event.key === 'f' && picked >= 0) { const row = data.rows[picked], room = (row.end - row.created) / 10 + 0.01; show(row.created - room, row.end + room); }
  else if (event.key === 'Escape') pick(-1);
  else return;
  event.preventDefault();
};
addEventListener('keydown', (event) => {
  if (/input|select/i.test(event.target.tagName) || event.ctrlKey || event.metaKey) return;
  if (event.key === '+' || event.key === '=') zoom(0.5); else if (event.key === '-') zoom(2); else if (event.key === '0') show(0, whole);
  else if (event.key === '/') { byId('search').focus(); event.preventDefault(); }
});
const timeAt = (event) => from + ((event.clientX - chart.getBoundingClientRect().left) / chart.clientWidth) * (to - from);
chart.addEventListener('wheel', (event) => {
  if (event.ctrlKey || event.altKey) { zoom(1.0018 ** event.deltaY, timeAt(event)); event.preventDefault(); }
  else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const by = ((event.deltaX || event.deltaY) / chart.clientWidth) * (to - from); show(from + by, to + by); event.preventDefault();
  }
}, { passive: false });
minimap.addEventListener('wheel', (event) => { zoom(1.0018 ** event.deltaY); event.preventDefault(); }, { passive: false });
function drag(element, begin) {
  element.onpointerdown = (down) => {
    element.setPointerCapture(down.pointerId);
    const move = begin(down);
    element.onpointermove = (event) => move(event);
    element.onpointerup = element.onpointercancel = () => { element.onpointermove = null; };
  };
}
drag(chart, (down) => {
  const a = from, b = to, top = scroller.scrollTop;
  const r = Math.floor((down.offsetY - RULER + scroller.scrollTop) / HEIGHT);
  if (down.offsetY > RULER && rows[r] !== undefined) pick(rows[r]);
  return (event) => {
    const by = ((down.clientX - event.clientX) / chart.clientWidth) * (b - a);
    show(a + by, b + by); scroller.scrollTop = top + down.clientY - event.clientY;
  };
});
drag(minimap, (down) => {
  const time = (event) => (event.offsetX / minimap.clientWidth) * whole, begin = time(down);
  return (event) => { const end = time(event); if (Math.abs(end - begin) > whole / 500) show(Math.min(begin, end), Math.max(begin, end)); };
});
scroller.onscroll = draw;
new ResizeObserver(arrange).observe(scroller);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { paint = undefined; legend(); draw(); });
function legend() {
  const colours = palette(chart.getContext('2d'));
  for (const canvas of document.querySelectorAll('.legend canvas')) {
    const { context, width, height } = sized(canvas);
    context.fillStyle = colours[canvas.dataset.fill]; context.fillRect(0, 0, width, height);
  }
}
legend();
arrange();
`;
