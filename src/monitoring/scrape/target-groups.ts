/** Prometheus' target groups: `[{"targets": ["host:port"], "labels": {"name": "value"}}]`, from a file or an HTTP answer. */
import { z } from 'zod';

export interface TargetGroup {
  readonly targets: readonly string[];
  /** `__meta_…` labels among them. */
  readonly labels: Readonly<Record<string, string>>;
}

const LONGEST_LABEL = 8_192;
const MOST_TARGETS = 10_000;

const groups = z
  .array(
    z.object({
      targets: z.array(z.string().min(1).max(2_048)).max(MOST_TARGETS),
      labels: z.record(z.string().min(1).max(512), z.string().max(LONGEST_LABEL)).nullish(),
    }),
  )
  .max(MOST_TARGETS);

/** Throws an Error that says where the value isn't as it must be. `meta` is put on every group. */
export function readTargetGroups(value: unknown, meta: Readonly<Record<string, string>>): TargetGroup[] {
  const read = groups.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0]!;
    throw new Error(`target groups: ${issue.path.map(String).join('.') || 'the whole'}: ${issue.message}`);
  }
  let count = 0;
  for (const { targets } of read.data) count += targets.length;
  if (count > MOST_TARGETS) throw new Error(`target groups: ${count} targets, more than ${MOST_TARGETS}`);
  return read.data.map(({ targets, labels }) => ({ targets, labels: { ...labels, ...meta } }));
}
