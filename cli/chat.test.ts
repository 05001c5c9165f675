import { expect, test } from 'vitest';
import { chatAnswer, chatsAnswer } from '../src/chat/contract.ts';
import { FakeServer, problemAnswer, runCli } from '../test/harness/test-cli.ts';

const reply = chatAnswer.parse({
  text: 'Page k3xq (triggered): Restart the \u001b[31mcache',
  quiet: false,
  pictures: [],
  buttons: [{ label: 'Acknowledge', command: 'ack #01hx7a2b3c4d5e6f7g8h' }],
});
const chats = chatsAnswer.parse({
  chats: [
    { chat: 'slack', sends: 'bot', hears: 'address', address: 'https://nines.example.com/nines/v1/chat/slack', setting: 'slack.signingSecret' },
    { chat: 'matrix', sends: 'bot', hears: 'connection', address: null, setting: 'matrix.commands' },
    { chat: 'irc', sends: 'no', hears: 'no', address: null, setting: 'irc.commands' },
  ],
  people: [
    { name: 'ana', title: 'Ana Souza', chats: [{ chat: 'slack', id: 'U012AB3CD' }, { chat: 'matrix', id: '@ana:example.org' }] },
    { name: 'ben', title: 'Ben Okri', chats: [] },
  ],
  strangers: 'none',
  commands: [],
}); // prettier-ignore

const nines = async (argv: string[], answers: Record<string, unknown>) => {
  await using server = await FakeServer.start(answers);
  const ran = await runCli(argv, { env: { NINES_URL: server.url } });
  return { ...ran, seen: server.seen };
};

test('what is typed is said as in a chat, and its answer is as plain', async () => {
  const { code, out, seen } = await nines(['chat', 'what', 'is', 'wrong?', '--page', '01hx7a2b3c4d5e6f7g8h'], { 'POST /nines/v1/chat': reply });
  expect(seen.map(({ body }) => body)).toMatchObject([{ text: 'what is wrong?', page: '01hx7a2b3c4d5e6f7g8h', timeZone: expect.any(String) as string }]);
  expect([code, out]).toEqual([0, 'Page k3xq (triggered): Restart the [31mcache\n  nines chat "ack #01hx7a2b3c4d5e6f7g8h"\n']);
}); // prettier-ignore

test('without a word it asks what there is to say, and --json is the answer itself', async () => {
  const { out, seen } = await nines(['chat', '--json'], { 'POST /nines/v1/chat': reply });
  expect(seen[0]?.body).toMatchObject({ text: '' });
  expect(JSON.parse(out)).toEqual(reply);
});

test('what may not be said is an error, in the words of the server', async () => {
  const ran = await nines(['chat', 'ack'], { 'POST /nines/v1/chat': problemAnswer(401, 'Sign in first.') });
  expect([ran.code, ran.err.split('\n')[0]]).toEqual([2, 'nines: Sign in first.']);
});

test('the chats, who is known in them, and what is missing', async () => {
  const { code, out } = await nines(['chats'], { 'GET /nines/v1/chats': chats });
  expect(code).toBe(0);
  expect(out).toBe(`CHAT    SENDS     HEARS
slack   as a bot  https://nines.example.com/nines/v1/chat/slack
matrix  as a bot  by a connection
irc     no        no: set irc.commands

PERSON     KNOWN IN
Ana Souza  slack (U012AB3CD), matrix (@ana:example.org)
Ben Okri   no chat
Who is in no document may ask for help, and nothing else.
`);
});
