import type { ReactNode } from 'react';
import type { SilenceJson } from '../../../../src/alerting/muting/contract.ts';
import { request } from '../../api/http.ts';
import { API, useAction } from '../../api/query.ts';
import { ErrorNote } from '../../ui/answer.tsx';
import { plural } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, At } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';
import { matcherText } from './matcher-text.ts';
import { EndButton, TONES, WORDS } from './muting-state.tsx';
import { hoursText } from './recurring-fields.tsx';

const SILENCES = `${API}/silences`;

/** One silence: what it fits, until when, and what can be done with it. */
export function SilenceRow({ silence, mayAct }: { silence: SilenceJson; mayAct: boolean }): ReactNode {
  const { id, state, matchers, reason, createdBy, startsAt, endsAt, holds, recurring, nextChange } = silence;
  const end = useAction(() => request('POST', `${SILENCES}/${id}/expire`), [SILENCES, `${API}/alerts`]);
  const texts = matchers.map(matcherText);
  const again = `/silences?${new URLSearchParams(texts.map((text) => ['m', text])).toString()}`;
  return (
    <li className="list-block">
      <div className="row row-apart">
        <span className="list-title strong">{reason}</span>
        <Tag tone={TONES[state]}>{state === 'active' && holds > 0 ? `Holds back ${holds}` : WORDS[state]}</Tag>
      </div>
      <ul className="chips">
        {texts.map((text) => (
          <li key={text} className="chip mono">
            {text}
          </li>
        ))}
      </ul>
      <div className="small dim">
        {recurring !== null && <>{hoursText(recurring)} · </>}
        {state === 'pending' && nextChange !== null && (
          <>
            {Date.parse(startsAt) > Date.now() ? 'begins' : 'next'} <At time={nextChange} /> ·{' '}
          </>
        )}
        {state === 'expired' ? 'ended' : 'ends'} <Ago time={endsAt} /> · by {createdBy}
      </div>
      {end.error && <ErrorNote error={end.error} />}
      {mayAct && (
        <div className="row">
          {state === 'expired' ? (
            <Link className="button button-plain button-flush" to={again}>
              Silence again<span className="sr-only">: {reason}</span>
            </Link>
          ) : (
            <>
              <Link className="button button-plain button-flush" to={`/silences/${id}`}>
                Change or extend<span className="sr-only">: {reason}</span>
              </Link>
              <EndButton
                about={reason}
                pending={end.isPending}
                sure={holds > 0 ? `End: ${plural(holds, 'alert pages', 'alerts page')}` : 'End it now'}
                onEnd={() => end.mutate(undefined)}
              />
            </>
          )}
        </div>
      )}
    </li>
  );
}
