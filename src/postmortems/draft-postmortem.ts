import { draftAppendix } from './draft-appendix.ts';
import { draftTimeline } from './draft-timeline.ts';
import { type Evidence, timeToAcknowledge, timeToRecover } from './evidence.ts';
import { cell, plain, table } from './markdown.ts';
import { clockFor, clockTime, count, date, dateTime, lasting, list, percent } from './words.ts';

/** The postmortem as far as evidence goes: what a person knows better is marked 'to be written'. Pure. */
export function draftPostmortem(evidence: Evidence): string {
  const { incident } = evidence;
  const sections: [string, string][] = [
    ['Summary', draftSummary(evidence)],
    ['Impact', draftImpact(evidence)],
    ['Timeline', draftTimeline(evidence)],
    ['Root cause', draftCause(evidence)],
    ['What went well', '_To be written._\n\n- '],
    ['What went badly', `_To be written._\n\n${draftSlow(evidence)}`],
    ['Where we were lucky', '_To be written._\n\n- '],
    ['Action items', draftActions()],
    ['Appendix: what was measured', draftAppendix(evidence)],
  ];
  const title = `# Postmortem of incident ${incident.number}: ${plain(incident.title)}`;
  return `${[title, draftFacts(evidence), ...sections.map(([head, body]) => `## ${head}\n\n${body.trimEnd()}`)].join('\n\n')}\n`;
}

function draftFacts(evidence: Evidence): string {
  const { incident, url, paged, draftedAt } = evidence;
  const { roles, outageBeganAt, outageEndedAt, allClearAt } = incident;
  const [mtta, mttr] = [timeToAcknowledge(incident), timeToRecover(incident)];
  const names = (people: readonly string[]): string => people.map(cell).join(', ') || 'nobody';
  const rows: [string, string][] = [
    ['Status', `draft of ${dateTime(draftedAt)}`],
    ['Date', date(outageBeganAt)],
    ['Severity', incident.severity],
    ['Services', incident.services.map(cell).join(', ') || 'none named'],
    ['Incident commander', commandersOf(evidence)],
    ['Detected', detectionOf(evidence)],
    ...(['communications', 'operations', 'scribe'] as const).flatMap((role): [string, string][] =>
      roles[role] === undefined ? [] : [[role[0]!.toUpperCase() + role.slice(1), cell(roles[role])]],
    ),
    ['On the scene', names(incident.responders)],
    ['Paged', names(paged)],
    ['Outage', `${dateTime(outageBeganAt)} to ${outageEndedAt === null ? 'unknown' : dateTime(outageEndedAt)}`],
    ['All clear', allClearAt === null ? 'not yet' : dateTime(allClearAt)],
    ['Time to acknowledge (MTTA)', mtta === null ? 'nobody came' : lasting(mtta)],
    ['Time to recover (MTTR)', mttr === null ? 'unknown' : lasting(mttr)],
    ['Incident', `[${incident.number}](${url}/incidents/${incident.id})`],
  ];
  return table(['', ''], rows);
}

/** Everyone who commanded, in turn: `ana, then ben from 03:45`. */
function commandersOf({ incident, timeline }: Evidence): string {
  const turns = timeline.filter(
    ({ kind, data }) => COMMAND.has(kind) && data['role'] === 'commander' && typeof data['person'] === 'string',
  );
  const names = turns.map(({ time, data }, i) =>
    i === 0 ? cell(String(data['person'])) : `then ${cell(String(data['person']))} from ${clockTime(time)}`,
  );
  return names.join(', ') || cell(incident.roles.commander ?? 'nobody');
}

const COMMAND: ReadonlySet<string> = new Set(['incident.joined', 'incident.role-changed']);

function detectionOf({ incident, pages }: Evidence): string {
  const first = pages.length === 0 ? incident.openedAt : Math.min(...pages.map(({ triggeredAt }) => triggeredAt), incident.openedAt);
  const by = incident.declaredBy === 'nines' ? 'an alert' : cell(incident.declaredBy);
  return `by ${by}, ${lasting(Math.max(0, first - incident.outageBeganAt))} after it began`;
}

function draftSummary({ incident, costs }: Evidence): string {
  const { services, outageBeganAt, outageEndedAt } = incident;
  const mttr = timeToRecover(incident);
  const clock = clockFor(mttr ?? Infinity);
  const what = services.length === 0 ? 'there was an outage' : `${list(services.map(cell))} failed`;
  const span = outageEndedAt === null || mttr === null ? '' : ` to ${clock(outageEndedAt)} UTC (${lasting(mttr)})`;
  const worst = costs.filter(({ budgetShare }) => budgetShare !== null).sort((a, b) => b.budgetShare! - a.budgetShare!)[0];
  const bad =
    worst?.bad === null || worst?.bad === undefined || worst.total === null
      ? ''
      : `: ${count(worst.bad)} of ${count(worst.total)} events went wrong`;
  const share =
    worst === undefined ? '' : `${bad === '' ? ':' : ','} ${percent(worst.budgetShare!)} of the error budget of ${cell(worst.title)}`;
  return [
    `On ${date(outageBeganAt)} from ${clock(outageBeganAt)}${span}, ${what}${bad}${share}.`,
    '_To be written: two or three sentences more, for someone who was not there. What broke, for whom, and what ended it._',
  ].join('\n\n');
}

function draftImpact({ incident, costs }: Evidence): string {
  const mttr = timeToRecover(incident);
  const lasted = mttr === null ? 'How long it lasted is not known.' : `It lasted ${lasting(mttr)}.`;
  const rows = costs.map(({ title, bad, total, budgetShare }) => [
    cell(title),
    bad === null ? 'no data' : count(bad),
    total === null ? 'no data' : count(total),
    budgetShare === null ? 'no data' : percent(budgetShare),
  ]);
  return [
    lasted,
    rows.length === 0
      ? 'No objective covers these services: what it cost was not measured.'
      : table(['Objective', 'Bad events', 'Of', 'Share of the error budget'], rows),
    '_To be written: who was affected, and what they saw._',
  ].join('\n\n');
}

function draftCause({ recentChanges, incident }: Evidence): string {
  const rows = recentChanges.slice(0, 15).map(({ time, title, actor, data }) => {
    const ahead = incident.outageBeganAt - Date.parse(time);
    const url = typeof data['url'] === 'string' && /^https?:\/\/[^\s()<>\\|]+$/.test(data['url']) ? data['url'] : undefined;
    const by = typeof data['by'] === 'string' ? data['by'] : actor;
    return [
      `${clockTime(time)} (${lasting(Math.max(0, ahead))} before)`,
      url === undefined ? cell(title) : `[${cell(title)}](${url})`,
      cell(by),
    ];
  });
  return [
    '_To be written: ask why until the answer is something that can be changed. Not who._',
    rows.length === 0
      ? 'Nothing is known to have changed in these services, or in what they depend on, in the six hours before.'
      : `What changed in these services, and in what they depend on, in the six hours before:\n\n${table(['When', 'Change', 'By'], rows)}`,
  ].join('\n\n');
}

/** What the clock says went slowly: facts to begin with. */
function draftSlow({ incident, pages }: Evidence): string {
  const facts: string[] = [];
  const mtta = timeToAcknowledge(incident);
  const paged = pages[0]?.triggeredAt;
  if (paged !== undefined && paged - incident.outageBeganAt >= 5 * 60_000)
    facts.push(`It was ${lasting(paged - incident.outageBeganAt)} until anyone was paged.`);
  if (mtta === null) facts.push('Nobody acknowledged it.');
  else if (mtta >= 15 * 60_000) facts.push(`It was ${lasting(mtta)} until someone was on the scene.`);
  if (incident.lastUpdateAt === null && (timeToRecover(incident) ?? 0) >= 30 * 60_000) facts.push('No update was posted.');
  return facts.length === 0 ? '- ' : facts.map((fact) => `- ${fact}`).join('\n');
}

const draftActions = (): string =>
  `${table(
    ['Action', 'Owner', 'Due', 'Tracking'],
    [
      ['_What keeps it from happening again_', '', '', ''],
      ['_What finds it sooner_', '', '', ''],
      ['_What ends it faster_', '', '', ''],
    ],
  )}\n\nAn action without an owner and a date is a wish.`;
