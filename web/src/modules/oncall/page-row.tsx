import type { ReactNode } from 'react';
import type { Page } from '../../../../src/oncall/contract.ts';
import { Tag, type Tone } from '../../ui/glyph.tsx';
import { Ago } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';

export function pageTone({ state, severity }: Pick<Page, 'state' | 'severity'>): Tone {
  if (state === 'resolved') return 'ok';
  return state === 'triggered' && severity === 'critical' ? 'bad' : 'warn';
}
export const pageWord = { triggered: 'Unanswered', acknowledged: 'Acknowledged', resolved: 'Resolved' } as const;

export function PageRow({ page }: { page: Page }): ReactNode {
  const { id, subject, state, service, acknowledgedBy, triggeredAt } = page;
  return (
    <li>
      <Link to={`/pages/${id}`} className="list-row">
        <div className="list-body">
          <div className="list-title strong">{subject}</div>
          <div className="small dim">
            {service !== null && `${service} · `}
            <Ago time={triggeredAt} />
            {acknowledgedBy !== null && ` · ${acknowledgedBy}`}
          </div>
        </div>
        <Tag tone={pageTone(page)}>{pageWord[state]}</Tag>
      </Link>
    </li>
  );
}
