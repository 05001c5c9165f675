import type { ReactNode } from 'react';

/** Labels by name, each as PromQL would match it, to be copied. */
export function LabelList({ title, labels }: { title: string; labels: Readonly<Record<string, string>> }): ReactNode {
  const all = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <div>
      <div className="small strong">{title}</div>
      {all.length === 0 && <div className="small dim">none</div>}
      <ul className="small mono dim">
        {all.map(([name, value]) => (
          <li key={name} className="target-url">
            {name}={JSON.stringify(value)}
          </li>
        ))}
      </ul>
    </div>
  );
}
