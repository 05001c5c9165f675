import type { ReactNode } from 'react';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { bytes } from '../../ui/format.ts';
import { At, Card, Note } from '../../ui/part.tsx';

/** What of `GET /nines/v1/store` is shown here. */
interface StoreAnswer {
  readonly kept: readonly { readonly resolution: string; readonly bytes: number }[];
  readonly logBytes: number;
  readonly diskFree?: number;
  readonly forecast: { readonly fullAt: string | null; readonly bytesPerDay: number } | null;
}

const SOON_MS = 7 * 86_400_000;

/** What telemetry takes on disk, and when that is full. */
export function DiskCard(): ReactNode {
  const store = useGet<StoreAnswer>(`${API}/store`, { every: 60_000 });
  return (
    <Card title="Disk" aside={store.data?.diskFree !== undefined && `${bytes(store.data.diskFree)} free`}>
      <Answer query={store} lines={3}>
        {({ kept, logBytes, forecast }) => (
          <>
            <p>
              {kept
                .map(({ resolution, bytes: size }) => `${bytes(size)} ${resolution === 'raw' ? 'samples' : `rollups of ${resolution}`}`)
                .join(', ')}
              {kept.length > 0 && ', '}
              {bytes(logBytes)} intake log.
            </p>
            <Outlook forecast={forecast} />
          </>
        )}
      </Answer>
    </Card>
  );
}

function Outlook({ forecast }: { forecast: StoreAnswer['forecast'] }): ReactNode {
  if (forecast === null) return <p className="small dim">When the disk is full can be told after an hour.</p>;
  const { fullAt, bytesPerDay } = forecast;
  if (fullAt === null) return <p className="small dim">It grows by {bytes(bytesPerDay)} a day and isn’t full within five years.</p>;
  const soon = Date.parse(fullAt) - Date.now() < SOON_MS;
  return (
    <Note tone={soon ? 'bad' : 'plain'}>
      It grows by {bytes(bytesPerDay)} a day: the disk is full on{' '}
      <span className="strong">
        <At time={fullAt} />
      </span>
      .
    </Note>
  );
}
