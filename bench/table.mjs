/** The figures of one case as a table, with what was to be reached below it. */
export function tableOf(result) {
  const { title, contenders, goals } = result;
  const base = contenders[0];
  const rows = contenders.map(({ name, nanoseconds, spread, best }) => [
    name,
    `${nanoseconds.toFixed(nanoseconds < 100 ? 1 : 0)} ns`,
    `±${(spread * 50).toFixed(0)} %`,
    `best ${best.toFixed(best < 100 ? 1 : 0)} ns`,
    `${(nanoseconds / base.nanoseconds).toFixed(2)} × ${base.name}`,
  ]);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => {
    const [name, ...figures] = row;
    return `  ${name.padEnd(widths[0])}  ${figures.map((cell, at) => cell.padStart(widths[at + 1])).join('  ')}`;
  });
  return [title, ...lines, ...goals.map(goalLine), ''].join('\n');
}

function goalLine({ contender, against, ratio, reached, best }) {
  const met = reached <= ratio ? 'reached' : 'MISSED';
  return `  goal: ${contender} ≤ ${ratio.toFixed(2)} × ${against}: ${reached.toFixed(3)} (best ${best.toFixed(3)}), ${met}`;
}
