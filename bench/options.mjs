import { parseArgs } from 'node:util';

const HELP = `npm run bench -- [options]

  --only NAMES    only the cases whose names contain one of these (comma between them)
  --node PATH     measure under this Node
  --rounds N      how often each contender is measured (default 7, quick 3)
  --time MS       how long each measurement takes (default 600, quick 150)
  --quick         fewer and shorter rounds: for a look, not for a claim
  --no-build      measure the build that was measured last, whatever src says now
  --context       what tasks cost in other languages too: python3 and php, if they are installed
  --list          show the cases
`;

/** What the command line asks for. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      node: { type: 'string', default: process.execPath },
      rounds: { type: 'string' },
      time: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      context: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit();
  }
  const { node, quick, context, list } = values;
  return {
    only: values.only?.split(',').filter((name) => name !== ''),
    node,
    quick,
    context,
    list,
    build: !values['no-build'],
    rounds: count('--rounds', values.rounds ?? (quick ? '3' : '7')),
    milliseconds: count('--time', values.time ?? (quick ? '150' : '600')),
  };
}

function count(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${option} takes a whole number, one or more, and was given ${text}`);
}
