import type { ReactNode } from 'react';
import { Card } from '../../ui/part.tsx';
import { Link } from '../../ui/router.tsx';
import { EXAMPLE } from './example-documents.ts';

/** What a first start shows in the place of services. */
export function NextSteps(): ReactNode {
  return (
    <Card title="Where to go next">
      <ol className="stack next-steps">
        <li>
          <p className="strong">Say what to watch</p>
          <p className="dim">
            Write documents into a folder and start nines with it. Edits are picked up as you save; a bad one is refused and told on{' '}
            <Link to="/config">Configuration</Link>.
          </p>
          <pre className="code" tabIndex={0} aria-label="Example document">
            {EXAMPLE}
          </pre>
          <pre className="code">nines check ./config && nines up --config ./config</pre>
        </li>
        <li>
          <p className="strong">Send what you already measure</p>
          <p className="dim">
            Point a Prometheus at <code>/api/v1/write</code> with an intake token from <Link to="/settings">Settings</Link>, or let nines
            scrape: <code>kind: Scrape</code>. What it scrapes is on <Link to="/targets">Targets</Link>.
          </p>
        </li>
        <li>
          <p className="strong">Say who is called</p>
          <p className="dim">
            A <code>Person</code> with an address, a <code>Schedule</code>, an <code>EscalationPolicy</code>, and an objective (
            <code>kind: SLO</code>). <code>nines check</code> tells what is missing.
          </p>
        </li>
        <li>
          <p className="strong">Look around</p>
          <p className="dim">
            This host is already measured: <Link to={`/graph?expr=${encodeURIComponent('node_load1')}`}>its load</Link>.{' '}
            <code>npm run demo</code> shows a service breaking, from the page to the postmortem.
          </p>
        </li>
      </ol>
    </Card>
  );
}
