import type { ReactNode } from 'react';
import type { LintAnswer, RuleLint } from '../../../../src/alerting/lint/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { PageHead } from '../../ui/part.tsx';
import { Link, usePlace, useTitle } from '../../ui/router.tsx';
import { Findings } from './findings.tsx';

/** Every alerting rule that people wrote, with what the linter says of it: the worst first. */
export default function RulesPage(): ReactNode {
  useTitle('Alerting rules');
  const lint = useGet<LintAnswer>(withQuery(`${API}/rules/lint`, { service: usePlace().search.get('service') }));
  return (
    <div className="stack">
      <PageHead title="Alerting rules">Is each worth waking for? Its subject, its documentation, its owner, a symptom.</PageHead>
      <Answer query={lint} lines={8}>
        {({ rules, findings }) =>
          rules.length === 0 ? (
            <p className="card">
              No rule was written yet. Those that nines makes itself, for objectives, probes and targets, are not listed here.
            </p>
          ) : (
            <>
              <p className="dim">
                {plural(rules.length, 'rule')}, {findings === 0 ? 'nothing to say' : plural(findings, 'finding')}
              </p>
              {rules.map((rule) => (
                <Rule key={`${rule.source} ${rule.group} ${rule.rule}`} rule={rule} />
              ))}
            </>
          )
        }
      </Answer>
    </div>
  );
}

function Rule({ rule }: { rule: RuleLint }): ReactNode {
  const { rule: name, findings, severity, service, source, expr, documentation } = rule;
  return (
    <section className="card">
      <div className="card-head">
        <h2>{name}</h2>
        <Tag tone={findings.length === 0 ? 'ok' : 'warn'}>{findings.length === 0 ? 'good' : plural(findings.length, 'finding')}</Tag>
      </div>
      <p className="small dim">
        {severity}
        {service !== null && (
          <>
            , <Link to={`/services/${service}`}>{service}</Link>
          </>
        )}
        , {source}
      </p>
      <pre className="code scroll-x small">{expr}</pre>
      <Findings lint={rule} />
      <div className="row" style={{ marginTop: 10 }}>
        <Link className="button" to={withQuery('/backtest', { alert: name })}>
          Try a change on the past
        </Link>
        {documentation?.startsWith('http') === true && (
          <a className="button" href={documentation}>
            Documentation
          </a>
        )}
      </div>
    </section>
  );
}
