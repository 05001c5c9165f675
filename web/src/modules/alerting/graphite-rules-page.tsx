import type { ReactNode } from 'react';
import type { GraphiteRuleJson } from '../../../../src/alerting/graphite-rules/contract.ts';
import { API, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { plural } from '../../ui/format.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { Ago, Card, PageHead } from '../../ui/part.tsx';
import { Link, useTitle } from '../../ui/router.tsx';

export function ruleTone({ error, firing, missing }: Pick<GraphiteRuleJson, 'error' | 'firing' | 'missing'>): [Tone, string] {
  if (error !== null) return ['bad', "Can't be evaluated"];
  if (firing > 0) return ['bad', `${firing} firing`];
  return missing > 0 ? ['warn', `${missing} missing`] : ['ok', 'Fine'];
}

/** Rules over Graphite series. */
export default function GraphiteRulesPage(): ReactNode {
  useTitle('Graphite rules');
  const rules = useList<GraphiteRuleJson>(`${API}/graphite-rules`, { every: 15_000 });
  return (
    <div className="stack">
      <PageHead title="Graphite rules">An alert for each series that a target answers, and for each that has disappeared.</PageHead>
      <Answer query={rules} lines={5} empty="None yet. A document of kind GraphiteRule names a target and its limits.">
        {(all) => (
          <Card title="All" aside={all.length}>
            <ul className="list">
              {all.map((rule) => (
                <Row key={rule.name} rule={rule} />
              ))}
            </ul>
          </Card>
        )}
      </Answer>
    </div>
  );
}

function Row({ rule }: { rule: GraphiteRuleJson }): ReactNode {
  const { name, title, target, conditions, series, evaluatedAt, error } = rule;
  const [tone, word] = ruleTone(rule);
  return (
    <li>
      <Link to={`/rules/graphite/${name}`} className="list-row">
        <div className="list-body" style={{ overflowWrap: 'anywhere' }}>
          <div className="list-title strong">{title}</div>
          <div className="small mono">{target}</div>
          <div className="small dim">
            {conditions.join(', ')} · {plural(series, 'series', 'series')}
            {evaluatedAt !== null && (
              <>
                {' '}
                · evaluated <Ago time={evaluatedAt} />
              </>
            )}
          </div>
          {error !== null && <div className="small tone-bad">{error}</div>}
        </div>
        <Tag tone={tone}>{word}</Tag>
      </Link>
    </li>
  );
}
