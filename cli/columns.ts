import type { Alert } from '../src/alerting/contract.ts';
import type { Incident } from '../src/incidents/contract.ts';
import type { ObjectiveStatus } from '../src/objectives/contract.ts';
import type { Page } from '../src/oncall/contract.ts';
import type { Context } from './context.ts';
import { ago, figure, percent, span } from './format.ts';
import type { Colour } from './style.ts';
import type { Column } from './table.ts';

/** The tables that more than one command shows. */

const STATES: Readonly<Record<string, Colour>> = {
  firing: 'red', triggered: 'red', open: 'red', exhausted: 'red', critical: 'red', failed: 'red',
  pending: 'yellow', acknowledged: 'yellow', burning: 'yellow', queued: 'yellow', ok: 'green',
  resolved: 'dim', 'all-clear': 'dim', 'no-data': 'dim',
}; // prettier-ignore

export const stateCell = (state: string): { text: string; colour: Colour | undefined } => ({ text: state, colour: STATES[state] });

export const alertColumns = ({ now }: Pick<Context, 'now'>): Column<Alert>[] => [
  { head: 'STATE', cell: ({ state }) => stateCell(state) },
  { head: 'SEVERITY', cell: ({ severity }) => stateCell(severity) },
  { head: 'SERVICE', cell: ({ service }) => service ?? '–' },
  { head: 'ALERT', flexible: true, cell: ({ rule }) => rule },
  { head: 'VALUE', align: 'right', cell: ({ value }) => figure(value) },
  { head: 'SINCE', cell: ({ firedAt, activeAt }) => ago(firedAt ?? activeAt, now) },
  { head: 'SUMMARY', flexible: true, cell: ({ annotations }) => annotations['summary'] ?? annotations['description'] ?? '' },
];

export const incidentColumns = ({ now }: Pick<Context, 'now'>): Column<Incident>[] => [
  { head: '#', align: 'right', cell: ({ number }) => String(number) },
  { head: 'STATE', cell: ({ state }) => stateCell(state) },
  { head: 'SEVERITY', cell: ({ severity }) => stateCell(severity) },
  { head: 'TITLE', flexible: true, cell: ({ title }) => title },
  { head: 'SERVICES', flexible: true, cell: ({ services }) => services.join(', ') },
  { head: 'COMMANDER', cell: ({ roles, state }) => roles.commander ?? (state === 'open' ? { text: 'nobody', colour: 'red' } : '–') },
  { head: 'OPENED', cell: ({ openedAt }) => ago(openedAt, now) },
  { head: 'UPDATE DUE', cell: ({ nextUpdateDueAt }) => due(nextUpdateDueAt, now) },
];

const due = (iso: string | null, now: number): { text: string; colour: Colour | undefined } =>
  iso === null ? { text: '', colour: undefined } : { text: ago(iso, now), colour: Date.parse(iso) < now ? 'red' : undefined };

export const pageColumns = ({ now }: Pick<Context, 'now'>): Column<Page>[] => [
  { head: 'PAGE', cell: ({ id }) => id },
  { head: 'STATE', cell: ({ state }) => stateCell(state) },
  { head: 'SEVERITY', cell: ({ severity }) => stateCell(severity) },
  { head: 'SERVICE', cell: ({ service }) => service ?? '–' },
  { head: 'SUBJECT', flexible: true, cell: ({ subject }) => subject },
  { head: 'TRIGGERED', cell: ({ triggeredAt }) => ago(triggeredAt, now) },
  { head: 'BY', cell: ({ acknowledgedBy }) => acknowledgedBy?.replace(/^person:/, '') ?? '' },
  { head: 'ESCALATES', cell: ({ escalatesAt, state }) => (state === 'triggered' ? ago(escalatesAt, now) : '') },
];

export const objectiveColumns = (): Column<ObjectiveStatus>[] => [
  { head: 'OBJECTIVE', flexible: true, cell: ({ name }) => name },
  { head: 'SERVICE', cell: ({ service }) => service },
  { head: 'STATE', cell: ({ state }) => stateCell(state) },
  { head: 'TARGET', align: 'right', cell: ({ target }) => percent(target) },
  { head: 'NOW', align: 'right', cell: ({ attainment }) => percent(attainment) },
  { head: 'WINDOW', align: 'right', cell: ({ windowMs }) => span(windowMs) },
  { head: 'BUDGET LEFT', align: 'right', cell: ({ budget }) => ({ text: percent(budget.remaining, 1), colour: budgetColour(budget.remaining) }) },
  { head: 'BURN 1H', align: 'right', cell: (one) => burn(one, 3_600_000) },
]; // prettier-ignore

const budgetColour = (remaining: number | null): Colour | undefined =>
  remaining === null ? undefined : remaining <= 0 ? 'red' : remaining < 0.25 ? 'yellow' : undefined;

/** The burn rate over the window nearest to the one asked for. */
export function burn({ burnRates }: Pick<ObjectiveStatus, 'burnRates'>, windowMs: number): string {
  const far = (one: { windowMs: number }): number => Math.abs(Math.log(one.windowMs / windowMs));
  const [nearest] = [...burnRates].sort((a, b) => far(a) - far(b));
  return nearest?.rate === undefined || nearest.rate === null ? '–' : `${figure(nearest.rate)}×`;
}
