import type { ReactNode } from 'react';
import { API, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { Card, PageHead } from '../../ui/part.tsx';
import { useTitle } from '../../ui/router.tsx';
import { IntakesCard } from './intakes-card.tsx';
import { ProbeResult } from './probe-result.tsx';
import { TargetList } from './target-list.tsx';
import type { ProbeStateJson } from '../../../../src/monitoring/contract.ts';

export default function TargetsPage(): ReactNode {
  useTitle('Targets and probes');
  const probes = useList<ProbeStateJson>(`${API}/probes`, { every: 10_000 });
  return (
    <div className="stack">
      <PageHead title="Targets and probes">What nines looks at, and how the last look went.</PageHead>
      <TargetList />
      <IntakesCard />
      <Card title="Probes" aside={probes.data?.length}>
        <Answer
          query={probes}
          lines={4}
          empty={
            <>
              None yet: a <code>kind: Probe</code> document asks an endpoint as a user would.
            </>
          }
        >
          {(all) =>
            [...all].sort((a, b) => Number(a.success) - Number(b.success)).map((probe) => <ProbeResult key={probe.name} result={probe} />)
          }
        </Answer>
      </Card>
    </div>
  );
}
