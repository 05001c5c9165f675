import { useState, type FormEvent, type ReactNode } from 'react';
import type { AlertRoutes, AlertRouteTree } from '../../../../src/alerting/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { TextField } from '../../ui/form.tsx';
import { duration, plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Card, Note, PageHead } from '../../ui/part.tsx';
import { Link, navigate, usePlace, useTitle } from '../../ui/router.tsx';

/** Which receiver an alert goes to: the tree of the alertmanager.yml in force, and what fires at each of its routes. */
export default function RoutesPage(): ReactNode {
  useTitle('Routes');
  const labels = usePlace().search.get('labels') ?? '';
  const tree = useGet<AlertRouteTree>(`${API}/alert-routes/tree`, { every: 30_000 });
  return (
    <div className="stack">
      <PageHead title="Routes">Who hears of an alert, by the routes of your alertmanager.yml.</PageHead>
      <Answer query={tree} lines={6}>
        {(found) =>
          found.file === null ? (
            <Card title="nines pages for every alert by itself">
              <p>
                By the escalation policy of its service: <Link to="/oncall/who">who to call</Link> says whom. Put an alertmanager.yml among the
                documents, and its routes, groups and receivers are shown here.
              </p>
            </Card>
          ) : (
            <>
              <Ask key={labels} labels={labels} />
              <div className="split split-even">
                <Tree tree={found} />
                <div className="stack">
                  <Alerts tree={found} />
                  <Receivers tree={found} />
                </div>
              </div>
            </>
          )
        }
      </Answer>
    </div>
  );
} // prettier-ignore

function Ask({ labels }: { labels: string }): ReactNode {
  const [text, setText] = useState(labels);
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    navigate(withQuery('/routes', { labels: text.trim() }), { replace: true });
  };
  return (
    <Card title="Where does an alert go?">
      <form className="form-line" onSubmit={ask}>
        <TextField
          label="Its labels"
          className="mono"
          placeholder="team=db,severity=critical"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button">
          Find
        </button>
      </form>
      {labels !== '' && <Found labels={labels} />}
    </Card>
  );
}

function Found({ labels }: { labels: string }): ReactNode {
  const answer = useGet<AlertRoutes>(withQuery(`${API}/alert-routes`, { labels }));
  return (
    <Answer query={answer} lines={2}>
      {({ routes, pages, severity }) => (
        <>
          <ul className="list">
            {routes.map(({ receiver, route, group, groupWaitMs, repeatIntervalMs, quiet, pages: policy }) => (
              <li key={route} className="list-block">
                <div className="row row-apart">
                  <span className="strong">{receiver}</span>
                  <Tag tone={quiet ? 'none' : policy ? 'bad' : 'ok'}>{quiet ? 'quiet now' : policy ? 'pages' : 'is told'}</Tag>
                </div>
                <div className="small mono target-url">{route === '{}' ? 'everything (the root)' : route.replace(/^\{\}\//, '')}</div>
                <div className="small dim">
                  {waitText(groupWaitMs)}, again after {duration(repeatIntervalMs)}
                  {Object.keys(group).length > 0 && `, with all of ${Object.entries(group).map(([name, value]) => `${name}=${value}`).join(', ')}`}
                </div>
              </li>
            ))}
          </ul>
          <Note tone={pages ? 'ok' : 'plain'}>
            {pages ? `nines pages for it by itself, as ${severity}.` : 'nines does not page for it by itself.'}
          </Note>
        </>
      )}
    </Answer>
  );
} // prettier-ignore

const waitText = (ms: number): string => (ms === 0 ? 'at once' : `after ${duration(ms)}`);

type RouteNode = AlertRouteTree['routes'][number];
const depthOf = ({ id }: RouteNode): number => id.split('.').length - 1;

function Tree({ tree: { routes, file } }: { tree: AlertRouteTree }): ReactNode {
  return (
    <Card title="The tree" aside={file}>
      <ul className="tree">
        {routes.map((one) => (
          <li key={one.id} style={{ '--depth': Math.min(depthOf(one), 6) } as Record<string, number>}>
            <div className="row row-apart">
              <span className="mono target-url">{one.matchers.length === 0 ? 'everything' : one.matchers.join(', ')}</span>
              {one.alerts > 0 && <Tag tone="warn">{plural(one.alerts, 'alert')}</Tag>}
            </div>
            <div>
              → <span className="strong">{one.receiver}</span>
              {one.pages && <span className="small dim"> pages</span>}
              {one.continues && <span className="small dim"> · and on to the next</span>}
            </div>
            <div className="small dim">
              {waitText(one.groupWaitMs)}, every {duration(one.groupIntervalMs)}, again after {duration(one.repeatIntervalMs)}
              {` · ${groupText(one.groupBy)}`}
              {one.active.length > 0 && ` · only in ${one.active.join(', ')}`}
              {one.muted.length > 0 && ` · not in ${one.muted.join(', ')}`}
              {one.quiet && <span className="tone-warn"> · quiet now</span>}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function groupText(labels: readonly string[] | null): string {
  if (labels === null) return 'each alert by itself';
  return labels.length === 0 ? 'all in one message' : `by ${labels.join(', ')}`;
}

function Alerts({ tree: { alerts, firing, routes } }: { tree: AlertRouteTree }): ReactNode {
  const receiverOf = (id: string): string => routes.find((one) => one.id === id)?.receiver ?? id;
  return (
    <Card title="What fires, and where it goes" aside={firing}>
      {firing === 0 && <p className="empty">Nothing fires.</p>}
      <ul className="list">
        {alerts.slice(0, 50).map(({ fingerprint, rule, service, routes: taken, pages }) => (
          <li key={fingerprint} className="list-block">
            <div>
              <Link className="strong" to={`/alerts/${fingerprint}`}>
                {rule}
              </Link>{' '}
              <span className="small dim">{service}</span>
            </div>
            <div className="small">
              → {[...new Set(taken.map(receiverOf)), ...(pages ? ['nines pages'] : [])].join(', ')}
            </div>
          </li>
        ))}
      </ul>
      {firing > 50 && <p className="small dim">and {firing - 50} more</p>}
    </Card>
  );
} // prettier-ignore

function Receivers({ tree: { receivers } }: { tree: AlertRouteTree }): ReactNode {
  return (
    <Card title="Receivers" aside={receivers.length}>
      <ul className="list">
        {receivers.map(({ name, channels, policy }) => (
          <li key={name} className="list-block">
            <div className="strong">{name}</div>
            <div className="small dim">
              {[...(policy ? ['an escalation policy: it pages'] : []), ...new Set(channels)].join(', ') || 'tells nobody'}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
