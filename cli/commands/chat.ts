import type { ChatReply } from '../../src/chat/contract.ts';
import type { Setup } from '../context.ts';
import { clean } from '../style.ts';

/** The same commands as in a chat: to try them out, or where there is no chat at hand. */
export const chatCommand: Setup = (program, run) => {
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
};
