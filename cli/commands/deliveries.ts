import type { NotificationDetail, NotificationJson } from '../../src/delivery/contract.ts';
import { stateCell } from '../columns.ts';
import type { Context, Setup } from '../context.ts';
import { localTime } from '../format.ts';
import { cleanLine } from '../style.ts';

const NOTIFICATIONS = '/nines/v1/notifications';
/** Attempts are asked for one by one: of more messages than these, only the latest are shown with theirs. */
const MOST_DETAILS = 50;

/** Adds `deliveries` to `nines page`. */
export const deliveriesCommand: Setup = (page, run) => {
  page
    .command('deliveries')
    .description('every message that a page caused: to whom, by which provider, each attempt and its answer, how far it came')
    .argument('<id>', 'the page, as `nines pages` lists it')
    .action(run((context, [id = '']) => deliveries(context, id)));
};

async function deliveries(context: Context, id: string): Promise<void> {
  const { client, json, printJson, say } = context;
  const found = await client.list<NotificationJson>(NOTIFICATIONS, { about: `page/${id}`, limit: 500 });
  const shown = found.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)).slice(-MOST_DETAILS);
  const details: NotificationDetail[] = [];
  for (const one of shown) details.push(await client.get<NotificationDetail>(`${NOTIFICATIONS}/${encodeURIComponent(one.id)}`));
  if (json) return printJson(details);
  if (details.length === 0) return say('Nobody was told of this page.');
  for (const one of details) sayDelivery(context, one);
}

/** How far one message came, and each attempt at it. */
export function sayDelivery({ say, paint, terminal }: Context, one: NotificationDetail): void {
  const at = (time: string | null): string => (time === null ? '–' : localTime(time, terminal.timeZone, true));
  const { text, colour } = stateCell(one.state);
  say(`${at(one.createdAt)}  ${paint(colour, text)}  ${one.channel} to ${cleanLine(one.person ?? one.address)} (${one.reason})`);
  const words = [
    ['sent', one.sentAt],
    ['delivered', one.deliveredAt],
    ['seen', one.seenAt],
    ['acknowledged', one.acknowledgedAt],
  ] as const;
  for (const [word, time] of words) if (time !== null) say(`  ${paint('dim', word.padEnd(13))} ${at(time)}`);
  if (one.bundle !== null) say(`  ${paint('dim', 'told with')} others in one message, ${one.bundle}`);
  for (const { attempt, at: began, tookMs, provider, outcome, answer } of one.tries) {
    say(`  ${paint('dim', `attempt ${attempt}`.padEnd(13))} ${at(began)}  ${outcome} after ${tookMs} ms by ${cleanLine(provider)}: ${cleanLine(answer)}`);
  }
} // prettier-ignore
