import type { Command } from 'commander';
import type { PersonReadinessJson, ReadinessAnswer } from '../../src/oncall/readiness/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context, Run } from '../context.ts';
import { ago } from '../format.ts';

const READY = '/nines/v1/oncall/ready';

interface Options {
  team?: string;
  check?: string;
  person?: string;
  code?: string;
}

/** `nines oncall ready`: whether a call would reach whoever carries a shift. */
export function readyCommand(oncall: Command, run: Run): void {
  oncall
    .command('ready')
    .description('whether a call would reach whoever carries a shift; exits with 1 where one would not')
    .option('--team <name>', 'only those in schedules of one team')
    .option('--check <person>', 'send them a message by each contact (default: send none)')
    .option('--person <person>', 'whose code it is (default: yours)')
    .option('--code <code>', 'the code of such a message (default: none)')
    .action(run((context, _, options: Options) => ready(context, options)));
}

async function ready(context: Context, { team, check, person, code }: Options): Promise<number> {
  const { client, json, printJson, say } = context;
  const path = (name: string, verb: string): string => `${READY}/${encodeURIComponent(name)}/${verb}`;
  if (check !== undefined) {
    const { sent } = await client.send<{ sent: number }>('POST', path(check, 'check'), {});
    if (json) printJson({ sent });
    else say(`${sent} ${sent === 1 ? 'message' : 'messages'} sent. The link or the code in each says that it arrived.`);
    return EXIT_OK;
  }
  if (code !== undefined) await client.send('POST', path(person ?? (await me(context)), 'verify'), { code });
  const { people } = await client.get<ReadinessAnswer>(READY, { team });
  if (json) printJson(people);
  else show(context, people);
  return people.every((one) => one.ready) ? EXIT_OK : EXIT_NO;
}

const me = async ({ client }: Context): Promise<string> =>
  (await client.get<{ person: string | null; name: string }>('/nines/v1/me')).person ?? '';

const show = (context: Context, people: readonly PersonReadinessJson[]): void =>
  context.table<PersonReadinessJson>(
    [
      { head: 'PERSON', cell: ({ title }) => title },
      { head: 'READY', cell: (one) => (one.ready ? { text: 'yes', colour: 'green' } : { text: 'no', colour: 'red' }) },
      {
        head: 'NEXT SHIFT',
        cell: ({ nextShift }) =>
          nextShift === null ? 'not in four weeks' : Date.parse(nextShift) <= context.now ? 'now' : ago(nextShift, context.now),
      },
      {
        head: 'CONTACTS',
        flexible: true,
        cell: ({ contacts }) =>
          contacts.map(({ channel, verifiedAt }) => `${channel} ${verifiedAt === null ? 'not verified' : 'verified'}`).join(', '),
      },
      { head: 'PROBLEM', flexible: true, cell: ({ problem }) => problem ?? '' },
    ],
    people,
    'Nobody carries a shift.',
  );
