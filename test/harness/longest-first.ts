import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where several files run at a time, one that is long and begins last is waited for alone. */
const LONG = [
  'test/faults/pair.test.ts',
  'test/faults/kill.test.ts',
  'test/story/senders.test.ts',
  'test/demo/demo.test.ts',
  'test/faults/smtp.test.ts',
  'test/faults/inbox.test.ts',
  'web/test/pages.browser.test.ts',
  'src/monitoring/store/crash/crash.test.ts',
  'src/monitoring/store/rollups.test.ts',
  'src/platform/sql/sql.test.ts',
  'web/test/behaviour.browser.test.ts',
  'test/conformance/graphite.test.ts',
  'test/conformance/prometheus-yml.test.ts',
];

const rank = ({ moduleId }: TestSpecification): number => {
  const at = LONG.findIndex((file) => moduleId.endsWith(file));
  return at === -1 ? LONG.length : at;
};

/** Files in the order that Vitest finds best, but for those that are known to be long: they begin first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
