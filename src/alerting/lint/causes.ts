/** Telling a cause from a symptom by what a rule looks at. */
import { selectorsOf, type Expr } from '../../monitoring/index.ts';

export interface Cause {
  /** What the rule looks at, in words. */
  readonly what: string;
  /** What users would feel instead. */
  readonly symptom: string;
}

const within = (words: string): RegExp => new RegExp(`(?:^|[_:.])(?:${words})(?:[_:.]|$)`, 'i');

const CAUSES: readonly (readonly [RegExp, Cause])[] = [
  [within('cpu|cpus|load|load1|load5|load15|loadavg|throttled'), { what: 'how busy processors are', symptom: 'a latency or an error ratio that users see' }],
  [within('mem|memory|heap|rss|swap|oom|working_set|memavailable|memfree|memtotal'), { what: 'how much memory is used', symptom: 'a latency or an error ratio that users see' }],
  [within('disk|disks|filesystem|inode|inodes|volume_stats|fs|iowait|iops'), { what: 'how full or busy a disk is', symptom: 'failing writes; and let a forecast tell of a full disk days ahead, in working hours' }],
  [within('network|netstat|conntrack|sockstat|netdev|nic'), { what: 'what a network interface does', symptom: 'failing or slow requests' }],
  [within('threads?|goroutines?|gc|fds|filefd|open_fds|file_descriptors|pool_active'), { what: 'what goes on inside a process', symptom: 'failing or slow requests' }],
  [within('restarts|restarts_total|kube_pod|kube_node|kube_deployment|pod_status|crashloop|oomkilled'), { what: 'the state of a machine or container', symptom: 'whether its service still answers' }],
  [within('temperature|celsius|hwmon|fan|raid|mdadm|smart|smartctl|ipmi|edac'), { what: 'the state of hardware', symptom: 'whether its service still answers' }],
  [within('ntp|timex|clock_skew|entropy|uptime|boot_time'), { what: 'the state of a machine', symptom: 'whether its service still answers' }],
]; // prettier-ignore

const ONE_INSTANCE: Cause = {
  what: 'whether a single instance is up',
  symptom: 'whether the service answers (a probe, an objective), or how many instances are left: `avg(up) < 0.5`',
};

/** Words that a metric's name may have for other reasons: these are what users feel, whatever else the name has. */
const SYMPTOMS = within('requests?|responses?|errors?|latency|probe|slo|sli|burn|availability|failed|failures|success|http|grpc');

/**
 * What a rule looks at, where that is a cause of trouble and not the trouble itself; undefined for a symptom, and where one of several
 * metrics is no known cause. `parsed` is undefined for a Graphite expression: its paths are read as words.
 */
export function causeOf(expr: string, parsed: Expr | undefined): Cause | undefined {
  const names = parsed === undefined ? graphitePaths(expr) : metricNames(parsed);
  if (names.length === 0) return undefined;
  const causes = names.map((name) => (name === 'up' && parsed !== undefined && looksAtOneInstance(parsed) ? ONE_INSTANCE : causeOfMetric(name)));
  return causes.every((cause) => cause !== undefined) ? causes[0] : undefined;
} // prettier-ignore

function causeOfMetric(name: string): Cause | undefined {
  if (SYMPTOMS.test(name)) return undefined;
  return CAUSES.find(([pattern]) => pattern.test(name))?.[1];
}

const metricNames = (parsed: Expr): string[] =>
  selectorsOf(parsed).map(({ matchers }) => matchers.find(({ name, op }) => name === '__name__' && op === '=')?.value ?? '');

/** Dotted paths of a Graphite target; the names of functions have no dot. */
const graphitePaths = (expr: string): string[] => expr.match(/[\w*?-]+(?:\.[\w*?[\]-]+){1,50}/g)?.slice(0, 100) ?? [];

const COUNTING: ReadonlySet<string> = new Set(['absent', 'absent_over_time', 'count_values']);

/** Whether `up` stands there by itself: neither counted, nor averaged over instances. */
function looksAtOneInstance(node: Expr): boolean {
  switch (node.kind) {
    case 'aggregation':
      return node.grouping.includes('instance') && !node.without && looksAtOneInstance(node.expr);
    case 'selector':
      return node.matchers.some(({ name, op, value }) => name === '__name__' && op === '=' && value === 'up');
    case 'range':
      return looksAtOneInstance(node.selector);
    case 'binary':
      return looksAtOneInstance(node.left) || looksAtOneInstance(node.right);
    case 'call':
      return !COUNTING.has(node.name) && node.args.some(looksAtOneInstance);
    case 'subquery':
    case 'unary':
    case 'paren':
      return looksAtOneInstance(node.expr);
    default:
      return false;
  }
}
