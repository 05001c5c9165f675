import type { Alert } from '../../../../src/alerting/contract.ts';
import type { Incident } from '../../../../src/incidents/contract.ts';
import type { ObjectiveStatus } from '../../../../src/objectives/contract.ts';
import type { Tone } from '../../ui/glyph.tsx';

/** How a service is, as far as nines can tell. */
export interface ServiceState {
  readonly tone: Tone;
  /** One or two words. */
  readonly word: string;
  /** Why, in a phrase; empty when there is nothing to say. */
  readonly why: string;
}

interface Evidence {
  readonly alerts: readonly Alert[];
  readonly objectives: readonly ObjectiveStatus[];
  readonly incidents: readonly Incident[];
  /** Names of failing probes. */
  readonly failingProbes: readonly string[];
  /** How many probes there are, failing or not. */
  readonly probes: number;
  /** Scrape targets that answer, and that don't. */
  readonly targetsUp: number;
  readonly targetsDown: number;
}

/** The worst that the evidence about one service says. Pure: the evidence is already that service's own. */
export function serviceState({ alerts, objectives, incidents, failingProbes, probes, targetsUp, targetsDown }: Evidence): ServiceState {
  const firing = alerts.filter(({ state }) => state === 'firing');
  const critical = firing.filter(({ severity }) => severity === 'critical');
  if (critical.length > 0) return { tone: 'bad', word: 'In trouble', why: alertWords(critical) };
  const open = incidents.filter(({ state, outageEndedAt }) => state === 'open' && outageEndedAt === null);
  if (open[0] !== undefined) return { tone: 'bad', word: 'In trouble', why: `incident ${open[0].number}: ${open[0].title}` };
  if (failingProbes.length > 0) return { tone: 'warn', word: 'Attention', why: `probe ${failingProbes.join(', ')} fails` };
  if (firing.length > 0) return { tone: 'warn', word: 'Attention', why: alertWords(firing) };
  const spent = objectives.find(({ state }) => state === 'exhausted');
  if (spent) return { tone: 'warn', word: 'Attention', why: `the budget of ${spent.title} is spent` };
  const burning = objectives.find(({ state }) => state === 'burning');
  if (burning) return { tone: 'warn', word: 'Attention', why: `${burning.title} burns its budget too fast` };
  if (targetsDown > 0)
    return { tone: 'warn', word: 'Attention', why: `${targetsDown} of ${targetsUp + targetsDown} instances can’t be scraped` };
  if (probes + targetsUp === 0 && !objectives.some(({ state }) => state === 'ok')) return { tone: 'none', word: 'Not measured', why: '' };
  return { tone: 'ok', word: 'Fine', why: '' };
}

function alertWords(alerts: readonly Alert[]): string {
  const [first] = alerts;
  if (first === undefined) return '';
  const words = first.annotations['summary'] ?? first.rule;
  return alerts.length === 1 ? words : `${words} and ${alerts.length - 1} more`;
}

const RANK: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, none: 3, ok: 2 };
export const worstFirst = (a: { tone: Tone }, b: { tone: Tone }): number => RANK[a.tone] - RANK[b.tone];
