/** The import order of docs/architecture.md: a module imports those above it, by their front door, and never one below. */
const ORDER = [
  'platform',
  'ledger',
  'access',
  'catalog',
  'delivery',
  'monitoring',
  'objectives',
  'alerting',
  'oncall',
  'incidents',
  'postmortems',
  'releases',
  'experiments',
  'chat',
  'app',
];

/** The same within a module, for rooms that stand on each other (docs/architecture.md). Those of one line know nothing of each other. */
const ROOMS = {
  delivery: ['messages', 'deliveries', 'answers', 'channels', 'breakers', 'attempts', 'mailbox|dead-mans-switch'],
  'monitoring/store': ['log', 'window', 'series', 'histograms', 'exemplars', 'engine', 'recovery'],
  alerting: [
    'template',
    'rules',
    'alerts',
    'evaluation',
    'external',
    'graphite-rules',
    'doorkeeper',
    'heartbeat',
    'inbound',
    'alertmanager',
    'muting',
    'alertmanager-api|prometheus-api',
    'lint|unit-test|backtest',
    'history|review',
  ],
  oncall: ['calendars', 'shifts', 'policies', 'pages', 'calls', 'paging', 'links', 'schedules', 'fairness', 'who|handover|readiness|pay'],
};

const roomsInOrder = Object.entries(ROOMS).flatMap(([module, rooms]) =>
  rooms.slice(0, -1).map((room, i) => ({
    name: `${module}-${room}-imports-no-room-below`,
    severity: 'error',
    from: { path: `^src/${module}/(${room})/` },
    to: { path: `^src/${module}/(${rooms.slice(i + 1).join('|')})/` },
  })),
);

const roomsSideBySide = Object.entries(ROOMS).flatMap(([module, rooms]) =>
  rooms
    .filter((room) => room.includes('|'))
    .map((room) => ({
      name: `${module}-${room}-side-by-side`,
      severity: 'error',
      from: { path: `^src/${module}/(${room})/` },
      to: { path: `^src/${module}/(${room})/`, pathNot: `^src/${module}/$1/` },
    })),
);

/** What a front door is: a module's index.ts, and its contract.ts or that of one of its rooms. */
const frontDoor = (module) => [`^src/${module}/index\\.ts$`, '/contract\\.ts$'];

const never = ORDER.flatMap((module, i) => {
  const below = ORDER.slice(i + 1);
  return below.length === 0
    ? []
    : [
        {
          name: `${module}-imports-nothing-below`,
          severity: 'error',
          from: { path: `^src/${module}/` },
          to: { path: `^src/(${below.join('|')})/` },
        },
      ];
});

const frontDoors = ORDER.filter((module) => module !== 'platform').map((module) => ({
  name: `${module}-by-its-front-door`,
  severity: 'error',
  comment: 'import another module by its index.ts or contract.ts',
  from: { path: '^(src|cli|examples)/', pathNot: `^src/${module}/` },
  to: { path: `^src/${module}/`, pathNot: frontDoor(module) },
}));

module.exports = {
  forbidden: [
    ...never,
    ...frontDoors,
    ...roomsInOrder,
    ...roomsSideBySide,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'cli-talks-http',
      severity: 'error',
      comment:
        'the command imports contracts, durations and its own version and stack traces, src/app for `up`, and src/catalog for what needs no server',
      from: { path: '^cli/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/',
        pathNot: ['/contract\\.ts$', '^src/(app|catalog)/index\\.ts$', '^src/platform/(duration|package-root|source-stack)\\.ts$'],
      },
    },
    {
      name: 'no-tests-in-the-program',
      severity: 'error',
      from: { path: '^(src|cli|examples)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^test/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Tests may import what they like, and the parser can't read `await using`, which they do use.
    exclude: { path: 'node_modules|^dist/|\\.test\\.tsx?$' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
  },
};
