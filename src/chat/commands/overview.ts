import type { Alert } from '../../alerting/contract.ts';
import type { Incident } from '../../incidents/contract.ts';
import type { ObjectiveStatus } from '../../objectives/contract.ts';
import type { HealthAnswer } from '../../platform/contract.ts';
import { answer, type ChatAnswer } from '../answer.ts';
import { findNamed, oneLine, since, type Speech, unknownName } from '../speech.ts';
import { openPages, shortId } from './which-pages.ts';

const ORDER = { critical: 0, today: 1, eventually: 2 } as const;
const bySeverity = (a: Alert, b: Alert): number => ORDER[a.severity] - ORDER[b.severity] || b.activeAt.localeCompare(a.activeAt);
const firing = async ({ get }: Speech, service?: string): Promise<Alert[]> => (await get<{ alerts: Alert[] }>('/nines/v1/alerts', { state: 'firing', service })).alerts; // prettier-ignore

export async function alerts(speech: Speech, { name }: { name: string | null }): Promise<ChatAnswer> {
  const service = name === null ? undefined : findNamed(speech.set, ['Service'], name)?.name;
  if (name !== null && service === undefined) throw unknownName(speech.set, ['Service'], name);
  const found = (await firing(speech, service)).sort(bySeverity);
  const where = service === undefined ? '' : ` for ${service}`;
  if (found.length === 0) return answer(`Nothing fires${where}.`);
  const lines = found.slice(0, 8).map((one) => {
    const about = one.annotations['summary'] ?? one.rule;
    return `${one.severity}: ${oneLine(about, 100)} · ${one.service ?? 'no service'} · ${since(one.firedAt ?? one.activeAt, speech)}`;
  });
  if (found.length > 8) lines.push(`and ${found.length - 8} more: ${speech.url}/alerts`);
  return answer(lines);
}

/** The four numbers that matter, worst first; 'all is well' where they are zero. */
export async function status(speech: Speech): Promise<ChatAnswer> {
  const [pages, incidents, active, objectives, health] = await Promise.all([
    openPages(speech),
    speech.get<{ incidents: Incident[] }>('/nines/v1/incidents', { state: 'open' }),
    firing(speech),
    speech.get<{ objectives: ObjectiveStatus[] }>('/nines/v1/objectives'),
    speech.get<HealthAnswer>('/nines/v1/health'),
  ]);
  const spent = objectives.objectives.filter(({ state }) => state === 'burning' || state === 'exhausted');
  const waiting = pages.filter(({ state }) => state === 'triggered');
  const lines = [
    ...incidents.incidents.slice(0, 3).map(({ number, title }) => `Incident ${number}: ${oneLine(title, 80)}`),
    ...pages.slice(0, 3).map((page) => `Page ${shortId(page.id)} (${page.state}): ${oneLine(page.subject, 80)}`),
    active.length === 0 ? '' : `${active.length} ${active.length === 1 ? 'alert fires' : 'alerts fire'}`,
    ...spent.slice(0, 3).map(({ title, state }) => `Budget ${state}: ${oneLine(title, 80)}`),
    health.state === 'ok' ? '' : `nines itself is ${health.state}: ${oneLine(health.components.find(({ state }) => state !== 'ok')?.problem ?? '', 120)}`,
  ]; // prettier-ignore
  if (lines.every((line) => line === '')) return answer('All is well: nothing fires, no page or incident is open, no budget burns.');
  const buttons = waiting.length === 1 ? [{ label: 'Acknowledge', command: `ack #${waiting[0]!.id}` }] : [];
  return answer(lines, { buttons });
}
