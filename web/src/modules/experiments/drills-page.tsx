import { useState, type FormEvent, type ReactNode } from 'react';
import type { ServiceJson } from '../../../../src/catalog/contract.ts';
import type { PageDrillJson } from '../../../../src/experiments/contract.ts';
import { request, withQuery } from '../../api/http.ts';
import { API, useAction, useList } from '../../api/query.ts';
import { Answer, ErrorNote } from '../../ui/answer.tsx';
import { Select } from '../../ui/form.tsx';
import { duration, toMs } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card, PageHead } from '../../ui/part.tsx';
import { Link, usePlace, useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';

const DRILLS = `${API}/drills`;

/** Does a page arrive? The whole chain, from an alert to someone's answer, tried on purpose. `/drills?service=shop`. */
export default function DrillsPage(): ReactNode {
  useTitle('Drills');
  const service = usePlace().search.get('service');
  const mayAct = useMayAct();
  const drills = useList<PageDrillJson>(withQuery(DRILLS, { service }), { every: 5_000 });
  return (
    <div className="stack">
      <PageHead title="Drills">Does a page arrive? A real alert, a real page, a real message, and someone who answers it.</PageHead>
      {mayAct && <Begin service={service} />}
      <Answer query={drills} lines={5} empty="No drill so far. One takes a minute, and somebody's tap on Acknowledge.">
        {(all) => (
          <Card title={service === null ? 'All services' : service} aside="newest first">
            <ul className="list">
              {all.map((one) => (
                <Drill key={one.id} drill={one} />
              ))}
            </ul>
          </Card>
        )}
      </Answer>
    </div>
  );
}

function Begin({ service }: { service: string | null }): ReactNode {
  const services = useList<ServiceJson>(`${API}/services`).data ?? [];
  const [chosen, choose] = useState(service ?? '');
  const begin = useAction(() => request('POST', DRILLS, { service: chosen }), [DRILLS, `${API}/pages`]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    begin.mutate(undefined);
  };
  return (
    <Card title="Try it now">
      <form className="form-line" onSubmit={submit}>
        <Select
          label="Call whoever is on call for"
          value={chosen}
          options={[['', 'choose a service'], ...services.map(({ name, title }) => [name, title] as const)]}
          onChange={choose}
        />
        <button type="submit" className="button button-main" disabled={chosen === '' || begin.isPending}>
          Call them
        </button>
      </form>
      <p className="small dim">Their phones ring as for a critical page, which says that it is a drill.</p>
      {begin.error && <ErrorNote error={begin.error} />}
    </Card>
  );
}

const TONES = { running: 'none', passed: 'ok', failed: 'bad' } as const;
const WORDS = { running: 'under way', passed: 'arrived', failed: 'did not arrive' } as const;

function Drill({ drill }: { drill: PageDrillJson }): ReactNode {
  const { service, state, problem, startedAt, page, pagedAt, sentAt, acknowledgedAt, acknowledgedBy, askedBy } = drill;
  const after = (time: string): string => duration(toMs(time) - toMs(startedAt));
  return (
    <li className="list-block">
      <div className="row row-apart">
        <Link className="strong" to={`/drills?service=${encodeURIComponent(service)}`}>
          {service}
        </Link>
        <Tag tone={TONES[state]}>{WORDS[state]}</Tag>
      </div>
      <div className="small dim">
        <Ago time={startedAt} /> by {askedBy.replace(/^\w+:/, '')}
        {page !== null && (
          <>
            {' '}
            · <Link to={`/pages/${page}`}>its page</Link>
          </>
        )}
      </div>
      <ol className="chips small">
        {pagedAt !== null && <li className="chip">paged after {after(pagedAt)}</li>}
        {sentAt !== null && <li className="chip">message left after {after(sentAt)}</li>}
        {acknowledgedAt !== null && (
          <li className="chip">
            {acknowledgedBy} answered after {after(acknowledgedAt)}
          </li>
        )}
      </ol>
      {problem !== null && <div className="small tone-bad">{problem}</div>}
    </li>
  );
}
