import type { ReactNode } from 'react';
import type { RuleLint } from '../../../../src/alerting/lint/contract.ts';

/** What the linter says of a rule: what is wrong, and what would be right. */
export function Findings({ lint }: { lint: RuleLint }): ReactNode {
  return (
    <ul className="list">
      {lint.findings.map(({ check, message, hint }) => (
        <li key={check} className="list-row">
          <div className="list-body">
            <p>{message}</p>
            <p className="small dim">{hint}</p>
          </div>
        </li>
      ))}
      {lint.ignored.map(({ check, reason }) => (
        <li key={`ignored ${check}`} className="list-row small dim">
          {check} let pass: {reason}
        </li>
      ))}
    </ul>
  );
}
