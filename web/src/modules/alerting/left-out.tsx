import type { ReactNode } from 'react';
import type { ResourceJson } from '../../../../src/catalog/contract.ts';
import { withQuery } from '../../api/http.ts';
import { API, useList } from '../../api/query.ts';
import { sentenceList } from '../../ui/format.ts';

/** What the objectives of the services make of it. */
export function LeftOut({ services }: { services: readonly string[] }): ReactNode {
  const objectives = useList<ResourceJson>(withQuery(`${API}/resources`, { kind: 'SLO' })).data ?? [];
  const theirs = objectives.filter(({ spec }) => services.includes(String(spec['service'])));
  if (theirs.length === 0) return null;
  const names = (excluded: boolean): string[] =>
    theirs.filter(({ spec }) => (spec['excludeMaintenance'] === true) === excluded).map(({ name }) => name);
  const [out, counted] = [names(true), names(false)];
  return (
    <div className="small dim">
      {out.length > 0 && <>Counts nothing for {sentenceList(out)}. </>}
      {counted.length > 0 && <>Still counts for {sentenceList(counted)}.</>}
    </div>
  );
}
