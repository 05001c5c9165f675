import type { EventsPage, LedgerEvent } from '../../src/ledger/contract.ts';
import { CliError } from '../cli-error.ts';
import { type Context, type Setup, wholeNumber } from '../context.ts';
import { readEvents } from '../event-source.ts';
import { localTime } from '../format.ts';
import { cleanLine } from '../style.ts';

interface Options {
  follow?: boolean;
  kind?: string;
  service?: string;
  limit: number;
}

export const eventsCommand: Setup = (program, run) => {
  program
    .command('events')
    .description('what happened: deploys, alerts, pages, notes, edits; the newest last')
    .option('-f, --follow', 'go on as things happen')
    .option('--kind <kinds>', "only these kinds, separated by commas; 'page.*' is every kind of page event")
    .option('--service <name>', 'only those of one service')
    .option('--limit <number>', 'how many to begin with', wholeNumber('--limit', 0, 1000), 20)
    .action(run((context, _, options: Options) => events(context, options)));
};

async function events(context: Context, { follow = false, kind, service, limit }: Options): Promise<void> {
  const { client, json, printJson } = context;
  const filter = { kind, service };
  const page = await client.get<EventsPage>('/nines/v1/events', { ...filter, order: 'desc', limit: Math.max(1, limit) });
  const shown = page.events.slice(0, limit).reverse();
  if (!follow && json) return printJson(shown);
  if (!follow && shown.length === 0) return context.say('Nothing has happened yet.');
  for (const event of shown) print(context, event);
  if (follow) await followEvents(context, filter, page.events[0]?.marker);
}

/** JSON has a line for each event, so that a program can read on. */
function print({ json, say, paint, terminal }: Context, { time, kind, actor, service, title, ...rest }: LedgerEvent): void {
  if (json) return say(JSON.stringify({ time, kind, actor, service, title, ...rest }));
  const by = actor === 'nines' ? '' : paint('dim', `  ${cleanLine(actor.replace(/^person:/, ''))}`);
  const colour = KINDS.find(([prefix]) => kind.startsWith(prefix))?.[1];
  say(`${paint('dim', localTime(time, terminal.timeZone, true))}  ${paint(colour, kind.padEnd(22))}  ${cleanLine(title)}${by}`);
}

const KINDS = [
  ['alert.firing', 'red'],
  ['page.triggered', 'red'],
  ['page.escalated', 'red'],
  ['notification.failed', 'red'],
  ['alert.resolved', 'green'],
  ['page.resolved', 'green'],
  ['incident.all-clear', 'green'],
  ['incident.', 'yellow'],
  ['page.', 'yellow'],
] as const;

/** Waits between attempts, in milliseconds; the last for ever. */
const WAITS = [500, 1_000, 2_000, 5_000];

/** Follows for as long as the person likes: after a break it goes on where it was, so that nothing is missed. */
async function followEvents(context: Context, filter: { kind: string | undefined; service: string | undefined }, from?: number): Promise<void> {
  const { client, terminal } = context;
  let marker = from;
  for (let failures = 0; !terminal.signal.aborted; ) {
    try {
      const response = await client.stream('/nines/v1/events/stream', { ...filter, marker }, { accept: 'text/event-stream' }, terminal.signal);
      if (failures > 0) terminal.err('Connected again.\n');
      failures = 0;
      for await (const { data } of readEvents(response.body as unknown as AsyncIterable<Uint8Array>)) {
        const event = JSON.parse(data) as Partial<LedgerEvent>;
        if (typeof event.marker !== 'number') continue;
        marker = event.marker;
        print(context, event as LedgerEvent);
      }
    } catch (error) {
      if (terminal.signal.aborted) return;
      // Refused for good, rather than away for a moment.
      if (error instanceof CliError && error.status !== undefined && error.status < 500 && error.status !== 429) throw error;
    }
    if (failures === 0) terminal.err('The connection is lost; trying again.\n');
    await pause(WAITS[Math.min(failures++, WAITS.length - 1)]!, terminal.signal);
  }
} // prettier-ignore

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
