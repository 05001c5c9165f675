import { useEffect, useState, type ReactNode } from 'react';
import { Dialog } from '../ui/form.tsx';
import { navigate } from '../ui/router.tsx';

const GO: Readonly<Record<string, readonly [path: string, label: string]>> = {
  h: ['/', 'Are we OK'],
  i: ['/incidents', 'Incidents'],
  a: ['/alerts', 'Alerts'],
  p: ['/postmortems', 'Postmortems'],
  g: ['/graph', 'Graph'],
  o: ['/oncall', 'Who is on call'],
  l: ['/silences', 'Silences'],
  d: ['/deliveries', 'Delivery log'],
  t: ['/targets', 'Targets and probes'],
  c: ['/config', 'Configuration'],
  s: ['/settings', 'Settings'],
};

/** Single keys press or focus what a page marks with `data-key`. */
const ON_PAGE: readonly (readonly [key: string, label: string])[] = [
  ['a', 'Acknowledge, or: I’m on the scene'],
  ['x', 'Silence the alert'],
  ['n', 'Write a note'],
  ['u', 'Write an update'],
  ['e', 'Edit the postmortem'],
  ['/', 'Type a query'],
];

const OPEN = 'nines:shortcuts';
export const showShortcuts = (): void => void window.dispatchEvent(new Event(OPEN));

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function press(key: string): boolean {
  const element = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  if (element === null) return false;
  element.focus();
  if (element instanceof HTMLButtonElement || element instanceof HTMLAnchorElement) element.click();
  return true;
}

export function Shortcuts(): ReactNode {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    let going = 0;
    const hear = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
      const go = GO[event.key];
      if (Date.now() - going < 1_500 && go !== undefined) {
        going = 0;
        event.preventDefault();
        navigate(go[0]);
      } else if (event.key === 'g') going = Date.now();
      else if (event.key === '?') setOpen(true);
      else if (press(event.key)) event.preventDefault();
    };
    const show = (): void => setOpen(true);
    window.addEventListener('keydown', hear);
    window.addEventListener(OPEN, show);
    return () => {
      window.removeEventListener('keydown', hear);
      window.removeEventListener(OPEN, show);
    };
  }, []);
  return (
    <Dialog open={open} title="Keyboard shortcuts" onClose={() => setOpen(false)}>
      <dl className="facts">
        {Object.entries(GO).map(([key, [, label]]) => (
          <Keys key={key} keys={['g', key]} label={label} />
        ))}
        {ON_PAGE.map(([key, label]) => (
          <Keys key={`on ${key}`} keys={[key]} label={label} />
        ))}
        <Keys keys={['?']} label="This list" />
      </dl>
      <form method="dialog">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </Dialog>
  );
}

function Keys({ keys, label }: { keys: readonly string[]; label: string }): ReactNode {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <kbd key={key} style={{ marginRight: 4 }}>
            {key}
          </kbd>
        ))}
      </dt>
      <dd>{label}</dd>
    </>
  );
}
