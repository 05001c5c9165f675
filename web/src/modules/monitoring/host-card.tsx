import type { ReactNode } from 'react';
import { Skeleton } from '../../ui/answer.tsx';
import { bytes, number, percent } from '../../ui/format.ts';
import type { Tone } from '../../ui/glyph.tsx';
import { Card, Meter } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';
import { useInstant, type InstantSeries } from './promql.ts';

const CPU = '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[2m]))';
const MEMORY = '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes';
const MEMORY_TOTAL = 'node_memory_MemTotal_bytes';
const DISK = 'max by (mountpoint) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes)';
const LOAD = 'node_load1';

const first = (series: readonly InstantSeries[] | undefined): number | null =>
  series?.[0] === undefined ? null : Number(series[0].value[1]);

const toneOf = (used: number | null): Tone => (used === null ? 'none' : used > 0.95 ? 'bad' : used > 0.85 ? 'warn' : 'ok');

/** The host that nines runs on: measured from the first start, with no configuration. */
export function HostCard(): ReactNode {
  const cpu = useInstant(CPU);
  const memory = useInstant(MEMORY);
  const total = useInstant(MEMORY_TOTAL, 300_000);
  const disk = useInstant(DISK, 60_000);
  const load = useInstant(LOAD);
  if ([cpu, memory, disk, load].every(({ isPending }) => isPending))
    return (
      <Card title="This host">
        <Skeleton lines={4} />
      </Card>
    );
  const disks = [...(disk.data ?? [])].sort((a, b) => Number(b.value[1]) - Number(a.value[1])).slice(0, 3);
  const size = first(total.data);
  return (
    <Card title="This host" aside={first(load.data) === null ? undefined : `load ${number(first(load.data))}`}>
      <div className="stack stack-tight">
        <Use label="CPU" expr={CPU} used={first(cpu.data)} />
        <Use label={size === null ? 'Memory' : `Memory, ${bytes(size)}`} expr={MEMORY} used={first(memory.data)} />
        {disks.map(({ metric, value }) => (
          <Use key={metric['mountpoint']} label={`Disk ${metric['mountpoint'] ?? ''}`} expr={DISK} used={Number(value[1])} />
        ))}
      </div>
    </Card>
  );
}

function Use({ label, expr, used }: { label: string; expr: string; used: number | null }): ReactNode {
  const text = used === null ? 'no data yet' : `${percent(used)} used`;
  return (
    <div className="meter">
      <div className="row small" style={{ justifyContent: 'space-between' }}>
        <Link to={`/graph?expr=${encodeURIComponent(expr)}`}>{label}</Link>
        <span className="dim">{text}</span>
      </div>
      <Meter label={label} value={used} text={text} tone={toneOf(used)} />
    </div>
  );
}
