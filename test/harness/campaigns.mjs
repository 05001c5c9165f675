/**
 * The campaigns: tests whose promise is about chance, so that more rounds find more. `npm test` does `test` of each; `npm run campaign`
 * does `whole`, which takes hours, and with `--share`, as CI does it, `share` of those that have one: some eight minutes on two cores.
 * A file is named by the end of its path.
 */
export const CAMPAIGNS = {
  pair: { file: '/faults/pair.test.ts', rounds: 'kills of two processes on one PostgreSQL', test: 20, share: 100, whole: 300 },
  kill: { file: '/faults/kill.test.ts', rounds: 'kills of the program', test: 8, share: 30, whole: 300 },
  storm: { file: '/faults/alert-storm.test.ts', rounds: 'alerts at once', test: 2_000, share: 10_000, whole: 10_000 },
  crash: { file: '/crash.test.ts', rounds: 'kills of a process that stores', test: 10, share: 20, whole: 200 },
  rollupCrash: { file: '/rollup-crash.test.ts', rounds: 'kills of a process that rolls up', test: 3, share: 10, whole: 150 },
  fullDisk: { file: '/full-disk.test.ts', rounds: 'full disks', test: 3, share: 12, whole: 100 },
  storeContract: { file: '/store-contract.test.ts', rounds: 'random histories of a store', test: 12, whole: 200 },
  buckets: { file: '/make-buckets.test.ts', rounds: 'random samples to roll up', test: 300, whole: 100_000 },
  rangeCache: { file: '/range-cache.test.ts', rounds: 'random sessions of a dashboard', test: 80, whole: 20_000 },
  matchers: { file: '/matcher-fuzz.test.ts', rounds: 'random matchers, as amtool reads them', test: 200, whole: 20_000 },
  routes: { file: '/alertmanager-kind.test.ts', rounds: 'random routes, as amtool takes them', test: 15, whole: 2_000 },
};

/**
 * How many rounds this run does.
 * @param {keyof typeof CAMPAIGNS} name
 * @returns {number}
 */
export function roundsOf(name) {
  /** @type {{ test: number, share?: number, whole: number }} */
  const { test, share, whole } = CAMPAIGNS[name];
  switch (process.env['NINES_CAMPAIGN']) {
    case 'whole':
      return whole;
    case 'share':
      return share ?? test;
    default:
      return test;
  }
}
