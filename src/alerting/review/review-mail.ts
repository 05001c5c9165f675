import { contactsOf, type Message } from '../../delivery/index.ts';
import type { PersonSpec, ResourceSet, TeamSpec } from '../../catalog/index.ts';
import { formatDuration } from '../../platform/duration.ts';
import type { Review } from './contract.ts';

/** So many are told of; the page has all. */
const MOST_TOLD = 10;

/** The week's review by mail: to each of the team who has an address. */
export function reviewMessages(set: ResourceSet, team: string, review: Review, url: string): Message[] {
  const link = `${url}/review?${new URLSearchParams({ week: review.week, team }).toString()}`;
  const text = reviewText(review, set.get('Team', team)?.title ?? team, link);
  const count = review.alerts.length;
  const subject = `Review ${count === 1 ? 'the alert' : `the ${count} alerts`} of last week`;
  return (set.get<TeamSpec>('Team', team)?.spec.members ?? []).flatMap((person): Message[] => {
    const spec = set.get<PersonSpec>('Person', person)?.spec;
    const address = spec && (contactsOf(spec).find(({ channel }) => channel === 'email')?.address ?? spec.email);
    if (address === undefined) return [];
    return [
      {
        key: `review:${team}:${review.week}:${person}`,
        channel: 'email',
        address,
        subject,
        text,
        priority: 5,
        person,
        about: `review/${review.week}`,
        reason: 'review',
        action: { label: 'Open the review', url: link },
      },
    ];
  });
}

function reviewText({ week, alerts, responses }: Review, team: string, link: string): string {
  const lines = alerts.slice(0, MOST_TOLD).flatMap(({ rule, service, severity, fired, pages, nights, suggestions }) => [
    `- ${rule}${service === null ? '' : ` of ${service}`} (${severity}): fired ${fired}×, ${pages} ${pages === 1 ? 'page' : 'pages'}${nights > 0 ? `, ${nights} at night` : ''}`,
    ...suggestions.map(({ title, evidence }) => `    ${title}. ${evidence}`),
  ]);
  const times = responses
    .filter(({ promisedMs }) => promisedMs !== null)
    .map(({ severity, promisedMs, promisedUpToMs, pages, inTime, medianMs }) => {
      const median = medianMs === null ? '' : `, half of the answers within ${formatDuration(Math.max(1_000, Math.round(medianMs / 1_000) * 1_000))}`;
      return `${severity}: ${inTime} of ${pages} answered within ${promisedText(promisedMs, promisedUpToMs)}${median}`;
    });
  return [
    `${team}, week ${week}: ${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'} to look back at. Five questions each, a minute an alert.`,
    '',
    ...lines,
    ...(alerts.length > MOST_TOLD ? [`- and ${alerts.length - MOST_TOLD} more`] : []),
    ...(times.length === 0 ? [] : ['', ...times]),
    '',
    link,
  ].join('\n');
} // prettier-ignore

/** `30m`, or `30m to 1h` where the policies differ; to the minute. */
function promisedText(least: number | null, most: number | null): string {
  const [from, to] = [least, most].map((ms) => formatDuration(Math.max(60_000, Math.round((ms ?? 0) / 60_000) * 60_000)));
  return from === to ? from! : `${from} to ${to}`;
}
