import { useEffect, useState, type ReactNode } from 'react';
import type { SilenceJson } from '../../../../src/alerting/muting/contract.ts';
import { API, useList } from '../../api/query.ts';
import { Answer } from '../../ui/answer.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Card, Note, PageHead } from '../../ui/part.tsx';
import { navigate, useParam, usePlace, useTitle } from '../../ui/router.tsx';
import { useMayAct } from '../access/me.ts';
import { MaintenanceCard } from './maintenance-card.tsx';
import { SilenceForm } from './silence-form.tsx';
import { SilenceRow } from './silence-row.tsx';

const GROUPS = [
  { state: 'active', title: 'In force' },
  { state: 'pending', title: 'Yet to begin, or between their hours' },
  { state: 'expired', title: 'Ended' },
] as const;
const MOST_ENDED = 20;

/** What is held back and why, and a form that says beforehand what it would hide. `?m=service=shop` fills it in; `/silences/ID` changes one. */
export default function SilencesPage(): ReactNode {
  useTitle('Silences');
  const id = useParam('id');
  const given = usePlace().search.getAll('m').join('\n');
  const mayAct = useMayAct();
  const silences = useList<SilenceJson>(`${API}/silences`, { every: 30_000 });
  const [making, make] = useState(given !== '');
  useEffect(() => make(given !== ''), [given]);
  const chosen = silences.data?.find((one) => one.id === id && one.state !== 'expired');
  const close = (): void => {
    make(false);
    if (id !== '' || given !== '') navigate('/silences', { replace: true });
  };
  return (
    <div className="stack">
      <PageHead title="Silences and maintenance">Only pages are held back: alerts are still decided, shown and written down.</PageHead>
      {mayAct && (
        <div className="row">
          <button type="button" className="button button-main" onClick={() => make(true)}>
            New silence
          </button>
        </div>
      )}
      <div className="split split-even">
        <div className="stack">
          <Answer query={silences} lines={6}>
            {(all) => (
              <>
                {id !== '' && chosen === undefined && (
                  <Note>This silence has ended. Make one like it from the list of those that ended.</Note>
                )}
                {all.every(({ state }) => state === 'expired') && (
                  <Card title="In force">
                    <p className="empty">No silence is in force: every alert that fires reaches someone.</p>
                  </Card>
                )}
                {GROUPS.map(({ state, title }) => (
                  <Group key={state} title={title} silences={all.filter((one) => one.state === state)} mayAct={mayAct} />
                ))}
              </>
            )}
          </Answer>
        </div>
        <MaintenanceCard mayAct={mayAct} />
      </div>
      {mayAct && (
        <Dialog
          open={making || chosen !== undefined}
          title={chosen === undefined ? 'Silence alerts' : 'Change the silence'}
          onClose={close}
        >
          <SilenceForm key={`${id} ${given}`} silence={chosen} matchers={given} onDone={close} />
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
        </Dialog>
      )}
    </div>
  );
}

function Group({ title, silences, mayAct }: { title: string; silences: readonly SilenceJson[]; mayAct: boolean }): ReactNode {
  const [all, showAll] = useState(false);
  if (silences.length === 0) return null;
  return (
    <Card title={title} aside={silences.length}>
      <ul className="list">
        {silences.slice(0, all ? undefined : MOST_ENDED).map((one) => (
          <SilenceRow key={one.id} silence={one} mayAct={mayAct} />
        ))}
      </ul>
      {silences.length > MOST_ENDED && !all && (
        <button type="button" className="button" onClick={() => showAll(true)}>
          Show all {silences.length}
        </button>
      )}
    </Card>
  );
}
