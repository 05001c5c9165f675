import { useState, type ReactNode } from 'react';
import type { GraphiteRuleDetail, GraphiteSeries } from '../../../../src/alerting/graphite-rules/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction, useGet } from '../../api/query.ts';
import { Answer, Empty, ErrorNote } from '../../ui/answer.tsx';
import { number } from '../../ui/format.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { Ago, Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, useParam, useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';

const TONES: Readonly<Record<GraphiteSeries['state'], Tone>> = { ok: 'ok', pending: 'none', firing: 'bad', missing: 'warn' };
const WORDS = { ok: 'Fine', pending: 'Pending', firing: 'Firing', missing: 'Missing' } as const;
const SHOWN = 50;

/** One rule, with every series that it knows. */
export default function GraphiteRulePage(): ReactNode {
  const name = useParam('name');
  useTitle(name);
  const rule = useGet<GraphiteRuleDetail>(`${API}/graphite-rules/${encodeURIComponent(name)}`, { every: 15_000 });
  return (
    <div className="stack">
      <PageHead title={<span style={{ overflowWrap: 'anywhere' }}>{rule.data?.title ?? name}</span>}>
        <Link to="/rules/graphite">Graphite rules</Link>
      </PageHead>
      <Answer query={rule} lines={8}>
        {(data) => <Rule rule={data} />}
      </Answer>
    </div>
  );
}

function Rule({ rule }: { rule: GraphiteRuleDetail }): ReactNode {
  const { name, target, conditions, error, known } = rule;
  const [all, showAll] = useState(false);
  const mayAct = useMayAct();
  const path = `${API}/graphite-rules`;
  const forget = useAction((series: string) => request('POST', `${path}/${encodeURIComponent(name)}/forget`, { series }), [path]);
  return (
    <>
      <Card title="Target">
        <p className="mono" style={{ overflowWrap: 'anywhere' }}>
          {target}
        </p>
        <p className="small dim">{conditions.join(', ')}</p>
        {error !== null && <Note tone="bad">{error}</Note>}
      </Card>
      {forget.error && <ErrorNote error={forget.error} />}
      <Card title="Series" aside={known.length}>
        {known.length === 0 ? (
          <Empty>None has been seen yet.</Empty>
        ) : (
          <ul className="list">
            {known.slice(0, all ? known.length : SHOWN).map(({ series, value, state, lastSeenAt }) => (
              <li key={series} className="list-row">
                <div className="list-body" style={{ overflowWrap: 'anywhere' }}>
                  <div className="mono">{series}</div>
                  <div className="small dim">
                    {number(value)} · seen <Ago time={lastSeenAt} />
                  </div>
                  {mayAct && state === 'missing' && (
                    <button type="button" className="button" disabled={forget.isPending} onClick={() => forget.mutate(series)}>
                      Gone for good<span className="sr-only">: {series}</span>
                    </button>
                  )}
                </div>
                <Tag tone={TONES[state]}>{WORDS[state]}</Tag>
              </li>
            ))}
          </ul>
        )}
        {known.length > SHOWN && !all && (
          <button type="button" className="button" onClick={() => showAll(true)}>
            Show all {known.length}
          </button>
        )}
      </Card>
    </>
  );
}
