import { Option } from 'commander';
import { role as roles, tokenScope, type Account, type ApiToken, type Me, type newTokenAnswer } from '../../src/access/contract.ts';
import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { createClient } from '../client.ts';
import type { Context, Run, Setup } from '../context.ts';
import type { Command } from 'commander';
import { wholeNumber } from '../context.ts';
import { ago } from '../format.ts';
import { type GlobalOptions, saveToken, serverUrl } from '../settings.ts';

export const accessCommands: Setup = (program, run) => {
  program
    .command('login')
    .description('save an API token for this server, after trying it (asks for it, or takes --token)')
    .action(run((context, _, options: GlobalOptions) => login(context, options)));
  tokenCommands(program, run);
  accountCommands(program, run);
};

async function login({ terminal, say, json, printJson }: Context, options: GlobalOptions): Promise<void> {
  const url = serverUrl(options.url, terminal.env);
  const token = (options.token ?? (await terminal.readSecret(`API token for ${url}: `))).trim();
  if (token === '') throw new CliError('No token was given.', { hint: "an admin makes one with 'nines token create'" });
  const me = await createClient(terminal, { url, token, timeoutMs: options.timeout * 1000 }).get<Me>('/nines/v1/me');
  const file = saveToken(url, token, terminal);
  if (json) printJson({ ...me, file });
  else say(`You are ${me.name} (${me.role}) at ${url}. The token is saved in ${file}.`);
}

function tokenCommands(program: Command, run: Run): void {
  const token = program.command('token').description('API tokens for programs');
  token
    .command('create')
    .description('make a token; it is shown this once')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--scope <scope>', 'what it may do').choices(tokenScope.options).default('viewer'))
    .option('--days <number>', 'ends after so many days (default: never)', wholeNumber('--days', 1, 3650))
    .action(
      run(async ({ client, json, printJson, say, terminal }, [name], { scope, days }: { scope: string; days?: number }) => {
        const made = await client.send<z.infer<typeof newTokenAnswer>>('POST', '/nines/v1/tokens', { name, scope, expiresInDays: days });
        if (json) return printJson(made);
        say(made.secret);
        terminal.err('Keep it now: it is not shown again.\n');
      }),
    );
  token
    .command('list', { isDefault: true })
    .description('list the tokens')
    .action(
      run(async (context) => {
        const tokens = await context.client.list<ApiToken>('/nines/v1/tokens');
        if (context.json) return context.printJson(tokens);
        context.table<ApiToken>(
          [
            { head: 'ID', cell: ({ id }) => id },
            { head: 'NAME', flexible: true, cell: ({ name }) => name },
            { head: 'SCOPE', cell: ({ scope }) => scope },
            { head: 'MADE', cell: ({ createdAt }) => ago(createdAt, context.now) },
            { head: 'USED', cell: ({ lastUsedAt }) => ago(lastUsedAt, context.now) || 'never' },
            { head: 'ENDS', cell: ({ expiresAt }) => ago(expiresAt, context.now) || 'never' },
          ],
          tokens,
          'There are no tokens.',
        );
      }),
    );
  token
    .command('revoke')
    .description('end a token at once')
    .argument('<id>', 'the token, as `nines token list` lists it')
    .action(
      run(async ({ client, json, say }, [id = '']) => {
        await client.send('DELETE', `/nines/v1/tokens/${encodeURIComponent(id)}`);
        if (!json) say('Revoked.');
      }),
    );
}

function accountCommands(program: Command, run: Run): void {
  const account = program.command('account').description('accounts of people');
  account
    .command('list', { isDefault: true })
    .description('list the accounts')
    .action(
      run(async (context) => {
        const accounts = await context.client.list<Account>('/nines/v1/accounts');
        if (context.json) return context.printJson(accounts);
        context.table<Account>(
          [
            { head: 'ID', cell: ({ id }) => id },
            { head: 'NAME', flexible: true, cell: ({ name }) => name },
            { head: 'E-MAIL', flexible: true, cell: ({ email }) => email },
            { head: 'ROLE', cell: ({ role }) => role },
            { head: 'MADE', cell: ({ createdAt }) => ago(createdAt, context.now) },
          ],
          accounts,
          'There are no accounts.',
        );
      }),
    );
  account
    .command('create')
    .description('make an account; asks for the password, or reads it from standard input')
    .requiredOption('--name <name>', 'what people call them')
    .requiredOption('--email <address>', 'their e-mail address; also names the Person they are')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles.options).default('responder'))
    .action(
      run(async ({ client, json, printJson, say, terminal }, _, { name, email, role }: { name: string; email: string; role: string }) => {
        const password = await terminal.readSecret(`Password for ${email}: `);
        if (password === '') throw new CliError('No password was given.');
        const made = await client.send<Account>('POST', '/nines/v1/accounts', { name, email, role, password });
        if (json) printJson(made);
        else say(`${made.name} (${made.role}) can sign in as ${made.email}.`);
      }),
    );
  account
    .command('role')
    .description("change an account's role")
    .argument('<account>', 'its id or e-mail address')
    .argument('<role>', roles.options.join(', '))
    .action(
      run(async ({ client, json, printJson, say }, [who = '', role]) => {
        const accounts = await client.list<Account>('/nines/v1/accounts');
        const found = accounts.find(({ id, email }) => id === who || email.toLowerCase() === who.toLowerCase());
        if (found === undefined) throw new CliError(`There is no account '${who}'.`, { hint: "see 'nines account list'" });
        const changed = await client.send<Account>('PATCH', `/nines/v1/accounts/${found.id}`, { role });
        if (json) printJson(changed);
        else say(`${changed.name} is ${changed.role} now.`);
      }),
    );
}
