import { useDeferredValue, useState, type ReactNode } from 'react';
import { API, useGet } from '../../api/query.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { Select, TextField } from '../../ui/form.tsx';
import { count } from '../../ui/format.ts';
import { Card } from '../../ui/part.tsx';
import { DiscoveryProblem } from './discovery-problem.tsx';
import { DroppedTarget } from './dropped-target.tsx';
import { TargetPools } from './target-pools.tsx';
import { TargetRow } from './target-row.tsx';
import type { TargetStatesJson } from '../../../../src/monitoring/contract.ts';

const STATES = [
  ['', 'all'],
  ['down', 'down'],
  ['unknown', 'not yet scraped'],
  ['up', 'up'],
  ['dropped', 'left out'],
] as const;
/** More rows than these help nobody: the filter finds one. */
const MOST = 200;

/** All targets of all scrapes, the broken ones first, by pool, state and words. */
export function TargetList(): ReactNode {
  const [state, setState] = useState('');
  const [pool, setPool] = useState('');
  const [text, setText] = useState('');
  const words = useDeferredValue(text.trim());
  const asked = new URLSearchParams({ limit: String(MOST), ...(state && { state }), ...(pool && { pool }), ...(words && { text: words }) });
  const targets = useGet<TargetStatesJson>(`${API}/targets?${asked}`, { every: 10_000 });
  const total = targets.data?.pools.reduce((sum, { up, down, unknown }) => sum + up + down + unknown, 0);
  return (
    <Card title="Scrape targets" aside={total}>
      <div className="stack">
        <form className="form-line" role="search" aria-label="Targets" onSubmit={(event) => event.preventDefault()}>
          <div style={{ flex: '1 1 220px' }}>
            <TextField
              label="Find by address, label or error"
              type="search"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <Select label="State" value={state} options={STATES} onChange={setState} />
        </form>
        <Answer query={targets} lines={4}>
          {(answer) => (
            <>
              {answer.problems.map((one) => (
                <DiscoveryProblem key={`${one.scrape} ${one.source}`} problem={one} />
              ))}
              <TargetPools pools={answer.pools} chosen={pool} choose={setPool} />
              {answer.targets.length + answer.dropped.length === 0 ? (
                <Nothing any={answer.pools.length > 0} />
              ) : (
                <ul className="list">
                  {answer.targets.map((target) => (
                    <TargetRow key={`${target.scrape} ${target.url} ${target.instance}`} target={target} />
                  ))}
                  {answer.dropped.map((target, i) => (
                    <DroppedTarget key={`${target.scrape} ${target.discovered['__address__']} ${i}`} target={target} />
                  ))}
                </ul>
              )}
              <Beyond shown={answer.targets.length + answer.dropped.length} found={answer.found + answer.droppedFound} />
            </>
          )}
        </Answer>
      </div>
    </Card>
  );
}

function Nothing({ any }: { any: boolean }): ReactNode {
  return (
    <Empty>
      {any ? (
        'No target fits.'
      ) : (
        <>
          None yet: a <code>kind: Scrape</code> document names some.
        </>
      )}
    </Empty>
  );
}

function Beyond({ shown, found }: { shown: number; found: number }): ReactNode {
  if (found <= shown) return null;
  return (
    <p className="small dim">
      {count(shown)} of {count(found)} are shown. Find the others by their address, a label or an error.
    </p>
  );
}
