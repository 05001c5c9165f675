import type { ReactNode } from 'react';
import type { IntakesAnswer } from '../../../../src/monitoring/intakes/contract.ts';
import { API, useGet } from '../../api/query.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { count } from '../../ui/format.ts';
import { Tag } from '../../ui/glyph.tsx';
import { Ago, Card } from '../../ui/part.tsx';

/** What is open for samples that are pushed, and the last that was refused: who sends by UDP hears of nothing else. */
export function IntakesCard(): ReactNode {
  const intakes = useGet<IntakesAnswer>(`${API}/intakes`, { every: 10_000 });
  return (
    <Card title="Intakes" aside={intakes.data?.intakes.length}>
      <Answer query={intakes} lines={4}>
        {({ intakes: all }) =>
          all.length === 0 ? (
            <Empty>Nothing is open for samples that are pushed.</Empty>
          ) : (
            <ul className="list">
              {all.map((intake) => (
                <Intake key={`${intake.protocol} ${intake.port ?? ''}`} intake={intake} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Card>
  );
}

function Intake({ intake }: { intake: IntakesAnswer['intakes'][number] }): ReactNode {
  const { protocol, port, open, problem, taken, lostPackets, refused, refusals } = intake;
  const [last] = refusals;
  return (
    <li className="list-row">
      <div className="list-body" style={{ overflowWrap: 'anywhere' }}>
        <div className="strong">{protocol}</div>
        <div className="small dim">
          {port === null ? 'on the main port' : `port ${port}`} · {count(taken)} taken
          {refused > 0 && ` · ${count(refused)} refused`}
          {lostPackets > 0 && ` · ${count(lostPackets)} packets lost`}
        </div>
        {problem !== null && <div className="small strong tone-bad">{problem}</div>}
        {last && (
          <div className="small">
            <span className="dim">
              Last refused <Ago time={last.at} />:
            </span>{' '}
            {last.detail} <code>{last.example}</code>
          </div>
        )}
      </div>
      <Tag tone={open ? (refused + lostPackets > 0 ? 'warn' : 'ok') : 'bad'}>{open ? 'open' : 'closed'}</Tag>
    </li>
  );
}
