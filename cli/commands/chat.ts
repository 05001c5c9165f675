import type { ChatReply, ChatsAnswer } from '../../src/chat/contract.ts';
import type { Context, Setup } from '../context.ts';
import { clean, cleanLine } from '../style.ts';

type Chat = ChatsAnswer['chats'][number];
type Member = ChatsAnswer['people'][number];

export const chatCommand: Setup = (program, run) => {
  // The same commands as in a chat: to try them out, or where there is no chat at hand.
  program
    .command('chat')
    .description('do what a chat command says, such as `nines chat "oncall payments"`; without one, list them')
    .argument('[words...]', 'the command')
    .option('--page <id>', 'the page that is talked about (default: the one that you were called for)')
    .action(
      run(async ({ client, json, printJson, say, paint, terminal }, [...words], { page }: { page?: string }) => {
        const text = words.flat().join(' ');
        const reply = await client.send<ChatReply>('POST', '/nines/v1/chat', {
          text,
          timeZone: terminal.timeZone,
          ...(page !== undefined && { page }),
        });
        if (json) return printJson(reply);
        say(clean(reply.text));
        for (const { command } of reply.buttons) say(paint('dim', `  nines chat "${clean(command)}"`));
      }),
    );
  program
    .command('chats')
    .description('which chats are set up, and who is known in them')
    .action(run((context) => showChats(context)));
};

const SENDS = { no: 'no', webhooks: 'to incoming webhooks', bot: 'as a bot' } as const;

async function showChats({ client, json, printJson, say, table }: Context): Promise<void> {
  const answer = await client.get<ChatsAnswer>('/nines/v1/chats');
  if (json) return printJson(answer);
  table<Chat>(
    [
      { head: 'CHAT', cell: ({ chat }) => chat },
      { head: 'SENDS', cell: ({ sends }) => SENDS[sends] },
      { head: 'HEARS', flexible: true, cell: ({ hears, address, setting }) => (hears === 'no' ? { text: `no: set ${setting}`, colour: 'dim' } : cleanLine(address ?? 'by a connection')) }, // prettier-ignore
    ],
    answer.chats,
    'There are no chats.',
  );
  say();
  table<Member>(
    [
      { head: 'PERSON', cell: ({ title }) => cleanLine(title) },
      { head: 'KNOWN IN', flexible: true, cell: ({ chats }) => (chats.length === 0 ? { text: 'no chat', colour: 'yellow' } : cleanLine(chats.map(({ chat, id }) => `${chat} (${id})`).join(', '))) }, // prettier-ignore
    ],
    answer.people,
    'There are no people.',
  );
  say(`Who is in no document may ${answer.strangers === 'viewer' ? 'look, and change nothing' : 'ask for help, and nothing else'}.`);
}
