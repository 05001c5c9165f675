import type { Tone } from '../../ui/glyph.tsx';
import { plural } from '../../ui/format.ts';

interface Facts {
  readonly services: readonly { readonly name: string; readonly title: string; readonly tone: Tone }[];
  readonly openIncidents: number;
  /** Of nines itself. */
  readonly health: 'ok' | 'degraded' | 'down' | undefined;
  /** Whether the facts are fresh: no failed request, and the stream is not cut. */
  readonly fresh: boolean;
}

export interface Verdict {
  readonly tone: Tone;
  readonly sentence: string;
}

/** Are we OK? One sentence. It never says that everything is fine when nines can't know. */
export function verdict({ services, openIncidents, health, fresh }: Facts): Verdict {
  const bad = services.filter(({ tone }) => tone === 'bad');
  const warn = services.filter(({ tone }) => tone === 'warn');
  if (bad.length === 1) return { tone: 'bad', sentence: `${bad[0]?.title} is in trouble` };
  if (bad.length > 1) return { tone: 'bad', sentence: `${bad.length} services are in trouble` };
  if (openIncidents > 0)
    return { tone: 'bad', sentence: `${plural(openIncidents, 'incident')} ${openIncidents === 1 ? 'is' : 'are'} open` };
  if (!fresh) return { tone: 'none', sentence: 'I can’t tell just now' };
  if (warn.length === 1) return { tone: 'warn', sentence: `${warn[0]?.title} needs attention` };
  if (warn.length > 1) return { tone: 'warn', sentence: `${warn.length} services need attention` };
  if (health === 'down' || health === 'degraded') return { tone: 'warn', sentence: 'Services are fine, nines itself is not' };
  if (services.length === 0) return { tone: 'ok', sentence: 'nines is up, and watches this host' };
  const unknown = services.filter(({ tone }) => tone === 'none').length;
  if (unknown === services.length) return { tone: 'none', sentence: 'Nothing is measured yet' };
  return { tone: 'ok', sentence: 'Everything is fine' };
}
