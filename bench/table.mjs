const digitsOf = { ns: 1, B: 0, KB: 1, ms: 2 };

/** A figure with its unit. */
export function amount(value, unit) {
  const digits = value < 100 ? digitsOf[unit] : Math.min(digitsOf[unit], 1);
  return `${value.toFixed(unit === 'ns' && value >= 100 ? 0 : digits)} ${unit}`;
}

/** The figures of one case as a table, with what was to be reached below it. */
export function tableOf({ title, unit, contenders, goals, profiles }) {
  const base = contenders[0];
  const rows = contenders.map(({ name, value, spread, best }) => [
    name,
    amount(value, unit),
    `±${(spread * 50).toFixed(0)} %`,
    `best ${amount(best, unit)}`,
    `${(value / base.value).toFixed(2)} × ${base.name}`,
  ]);
  return [title, ...aligned(rows), ...goals.map(goalLine), ...profiles.map(profileLine), ''].join('\n');
}

/** Where the time goes: `garbage collection 31 %, settle (core/task.ts) 8 %`. */
export function partsLine(parts) {
  return parts.map(({ what, part }) => `${what} ${(part * 100).toFixed(0)} %`).join(', ');
}

function profileLine({ contender, parts }) {
  return `  profile: ${contender}: ${partsLine(parts)}`;
}

/** What was reached of all that was to be reached. */
export function summaryOf(results) {
  const rows = results.flatMap(({ name, goals }) =>
    goals.map(({ contender, wanted, reached, met }) => [name, contender, wanted, reached, word(met)]),
  );
  const missed = results.flatMap(({ goals }) => goals).filter(({ met }) => !met).length;
  return [
    'what was to be reached, and what was:',
    ...aligned(rows, 3),
    `${rows.length - missed} of ${rows.length} goals reached`,
    '',
  ].join('\n');
}

function goalLine({ contender, wanted, reached, best, met }) {
  return `  goal: ${contender} ${wanted}: ${reached}${best === undefined ? '' : ` (best ${best})`}, ${word(met)}`;
}

function word(met) {
  return met ? 'reached' : 'MISSED';
}

/** Rows as lines: the first columns begin together, the others end together. */
export function aligned(rows, leading = 1) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const cells = row.map((cell, at) => (at < leading ? cell.padEnd(widths[at]) : cell.padStart(widths[at])));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
