// Adds up what the tests of faults have counted, by file: see injection.ts.
import { basename } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let sum = 0;
    const lines: string[] = [];
    for (const module of modules) {
      let count = 0;
      for (const test of module.children.allTests()) count += test.meta().faults ?? 0;
      sum += count;
      lines.push(`${count.toString().padStart(7)}  ${basename(module.moduleId, '.test.ts')}`);
    }
    console.log(`\n faults injected:\n${lines.sort().join('\n')}\n${sum.toString().padStart(7)}  in all\n`);
  }
}
