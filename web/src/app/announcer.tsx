import { useEffect, useState, type ReactNode } from 'react';
import { onEvent, useLiveState } from '../api/live.ts';

/** What is worth interrupting someone who listens to the page. */
const WORTH_SAYING =
  /^(incident\.(opened|role-changed|updated|outage-ended|all-clear)|page\.|alert\.|postmortem\.drafted|health\.changed|config\.refused)/;

/** Says state changes to a screen reader, one at a time. */
export function Announcer(): ReactNode {
  const [said, say] = useState('');
  const live = useLiveState();
  useEffect(() => onEvent(({ kind, title }) => WORTH_SAYING.test(kind) && say(title)), []);
  return (
    <div className="sr-only" aria-live="polite" data-testid="announcer">
      {live === 'cut' ? 'Not live: the connection to nines is cut.' : said}
    </div>
  );
}
