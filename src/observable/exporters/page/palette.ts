import { contextOf } from './surface.js';

type Fill = string | CanvasPattern;

/** The names of the colours in page-style.ts. */
const colourNames = [
  'paper',
  'ink',
  'soft',
  'line',
  'work',
  'wait',
  'failed',
  'cancelled',
  'queued',
  'picked',
  'path',
] as const;

type Colours = Readonly<Record<(typeof colourNames)[number], string>>;

/** Each state by its colour and by its pattern, so that either is enough. */
export interface Palette extends Colours {
  readonly ran: Readonly<Record<'work' | 'failed' | 'cancelled', Fill>>;
  readonly waited: Readonly<Record<'work' | 'failed' | 'cancelled', Fill>>;
  readonly dotted: Fill;
}

const TILE = 8;

/** The palette for light or dark, as the style says at the moment. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(
    colourNames.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as Colours;
  const { paper, work, wait, failed, cancelled, queued } = colours;
  return {
    ...colours,
    ran: { work, failed, cancelled: pattern(paper, cancelled, upright) },
    waited: {
      work: pattern(wait, work, slanted),
      failed: pattern(paper, failed, slanted),
      cancelled: pattern(paper, cancelled, slanted),
    },
    dotted: pattern(paper, queued, dots),
  };
}

function pattern(background: string, ink: string, draw: (context: CanvasRenderingContext2D) => void): Fill {
  const tile = document.createElement('canvas');
  tile.width = TILE;
  tile.height = TILE;
  const context = contextOf(tile);
  context.fillStyle = background;
  context.fillRect(0, 0, TILE, TILE);
  context.fillStyle = ink;
  context.strokeStyle = ink;
  draw(context);
  return context.createPattern(tile, 'repeat') ?? ink;
}

function slanted(context: CanvasRenderingContext2D): void {
  context.lineWidth = 1.4;
  context.beginPath();
  for (const x of [-TILE, 0, TILE]) {
    context.moveTo(x, TILE);
    context.lineTo(x + TILE, 0);
  }
  context.stroke();
}

function upright(context: CanvasRenderingContext2D): void {
  context.fillRect(0, 0, 3, TILE);
  context.fillRect(5, 0, 1, TILE);
}

function dots(context: CanvasRenderingContext2D): void {
  context.fillRect(1, 1, 2, 2);
  context.fillRect(5, 5, 2, 2);
}

/** What a legend shows, by the name in its `data-fill`. */
export function legendFill(palette: Palette, name: string | undefined): Fill {
  switch (name) {
    case 'waited':
      return palette.waited.work;
    case 'queued':
      return palette.dotted;
    case 'failed':
      return palette.failed;
    case 'cancelled':
      return palette.ran.cancelled;
    case 'path':
      return palette.path;
    default:
      return palette.work;
  }
}
