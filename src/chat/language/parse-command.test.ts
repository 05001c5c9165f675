import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import type { Command } from './command.ts';
import { HELP } from './command.ts';
import { parseCommand } from './parse-command.ts';

/** A Saturday, 15:10 in Berlin. */
const READING = { now: Date.parse('2026-11-21T14:10:00Z'), timeZone: 'Europe/Berlin' };

const stamp = (ms: number): string => new Date(ms).toISOString().replace(/:00\.000Z$/, 'Z');

/** A command in few words, for the tables below. */
function brief(command: Command): string {
  const { verb, ...rest } = command;
  if (command.verb === 'graph') {
    const { graph, from, to } = command;
    const what = graph.by === 'promql' ? graph.expr : graph.by === 'names' ? graph.names.map((name) => `@${name}`).join(' ') : graph.words.join(' '); // prettier-ignore
    return `graph ${graph.by} ${what} | ${stamp(from)} ${stamp(to)}`;
  }
  const pages = 'pages' in command ? (command.pages.of === 'id' ? ` #${command.pages.id}` : ` ${command.pages.of}`) : '';
  const others = Object.entries('incident' in rest ? rest.incident : 'silence' in rest ? rest.silence : rest)
    .filter(([name]) => name !== 'pages')
    .map(([name, value]) => `${name}=${name === 'until' ? stamp(Number(value)) : JSON.stringify(value)}`);
  return [verb + pages, ...others].join(' ');
}

const said = (text: string): string => {
  const parsed = parseCommand(text, READING);
  return 'command' in parsed ? brief(parsed.command) : `? ${parsed.problem} → ${parsed.suggestion ?? ''}`;
};

const everyday: [string, string][] = [
  ['', 'help about=null'],
  ['help', 'help about=null'],
  ['help graph', 'help about="graph"'],
  ['?', 'help about=null'],
  ['status', 'status'],
  ["what's wrong?", 'status'],
  ['what’s up', 'status'],
  ['alerts', 'alerts name=null'],
  ['alerts checkout', 'alerts name="checkout"'],
  ['alerts for checkout', 'alerts name="checkout"'],
  ["what's firing?", 'alerts name=null'],
  ['pages', 'pages name=null'],
  ['oncall', 'oncall name=null'],
  ['oncall payments', 'oncall name="payments"'],
  ['/oncall payments', 'oncall name="payments"'],
  ['!oncall payments', 'oncall name="payments"'],
  ['nines oncall payments', 'oncall name="payments"'],
  ['/nines oncall payments', 'oncall name="payments"'],
  ['@nines: oncall payments', 'oncall name="payments"'],
  ['<@U0NINES12> oncall payments', 'oncall name="payments"'],
  ['hey nines, who is on call for payments?', 'oncall name="payments"'],
  ['who’s on call', 'oncall name=null'],
  ['who do I call about the payments team now?', 'oncall name="payments"'],
  ['on call for checkout', 'oncall name="checkout"'],
  ['oncall "Card payments"', 'oncall name="Card payments"'],
  ['ONCALL Payments', 'oncall name="Payments"'],
  ['deploys checkout', 'deploys name="checkout"'],
  ['what changed in checkout?', 'deploys name="checkout"'],
  ['deploy checkout 1.4.2', 'deploy kind="deploy" service="checkout" version="1.4.2" note=""'],
  ['deploy of checkout to 1.4.2 with the fix', 'deploy kind="deploy" service="checkout" version="1.4.2" note="with the fix"'],
  ['rollback checkout to 1.4.1', 'deploy kind="rollback" service="checkout" version="1.4.1" note=""'],
  ['rolled back checkout', 'deploy kind="rollback" service="checkout" version=null note=""'],
  ['deploy', '? Which service, and which version? → deploy checkout 1.4.2'],
  ['page payments "Look at the refunds"', 'page target="payments" subject="Look at the refunds" text=""'],
  ['page payments “Look at the refunds” they double', 'page target="payments" subject="Look at the refunds" text="they double"'],
  ['page payments about strange refunds', 'page target="payments" subject="strange refunds" text=""'],
  ['page @payments: look at it', 'page target="payments" subject="look at it" text=""'],
  ['page', '? Who is to be called, and what for? → page payments "Look at the refunds"'],
  ['page payments', `? What is whoever is on call for 'payments' to do? → page payments "Look at …"`],
];
const pages: [string, string][] = [
  ['ack', 'ack it'],
  ['/ack', 'ack it'],
  ['Ack!', 'ack it'],
  ['acknowledge', 'ack it'],
  ['on it', 'ack it'],
  ["I'm on it!", 'ack it'],
  ['got it', 'ack it'],
  ['ack all', 'ack all'],
  ['ack mine', 'ack mine'],
  ['ack all mine', 'ack mine'],
  ['ack my pages', 'ack mine'],
  ['ack k3xq', 'ack #k3xq'],
  ['ack abcd', 'ack #abcd'],
  ['ack #abcd', 'ack #abcd'],
  ['ack page 01hx7a2b3c4d5e6f7g8h', 'ack #01hx7a2b3c4d5e6f7g8h'],
  ['ack the thing', 'ack #thing'],
  ['ack the thing now', "? 'thing' is no page. → ack"],
  ['snooze 30m', 'snooze it until=2026-11-21T14:40Z'],
  ['snooze 30', 'snooze it until=2026-11-21T14:40Z'],
  ['snooze for 2 hours', 'snooze it until=2026-11-21T16:10Z'],
  ['snooze half an hour', 'snooze it until=2026-11-21T14:40Z'],
  ['snooze 1h30m', 'snooze it until=2026-11-21T15:40Z'],
  ['snooze #k3xq 45min', 'snooze #k3xq until=2026-11-21T14:55Z'],
  ['snooze k3xq until 09:00', 'snooze #k3xq until=2026-11-22T08:00Z'],
  ['snooze until 16:00', 'snooze it until=2026-11-21T15:00Z'],
  ['snooze until tomorrow 9am', 'snooze it until=2026-11-22T08:00Z'],
  ['snooze until monday 8:30', 'snooze it until=2026-11-23T07:30Z'],
  ['snooze', '? For how long? → snooze 30m'],
  ['snooze k3xq', '? For how long? → snooze k3xq 30m'],
  ['snooze until yesterday', "? 'yesterday' is no length and no time. → snooze 30m"],
  ['escalate', 'escalate it to=null'],
  ['escalate now', 'escalate it to=null'],
  ['escalate to payments', 'escalate it to="payments"'],
  ['escalate k3xq to @ana', 'escalate #k3xq to="ana"'],
  ['notmine', 'not-mine it'],
  ["it's not mine", 'not-mine it'],
  ['not-mine k3xq', 'not-mine #k3xq'],
  ['resolve', 'resolve it reason=""'],
  ['resolve because rolled back', 'resolve it reason="rolled back"'],
  ['resolve k3xq: it was a test', 'resolve it reason="k3xq: it was a test"'],
  ['resolve #k3xq it was a test', 'resolve #k3xq reason="it was a test"'],
  ['fixed', 'resolve it reason=""'],
];
const others: [string, string][] = [
  ['incident', 'incident action="list"'],
  ['incidents', 'incident action="list"'],
  ['incident 3', 'incident action="show" incident="3"'],
  ['incident new "Checkout fails" for checkout', 'incident action="new" title="Checkout fails" services=["checkout"]'],
  ['incident new Checkout fails for checkout, stock', 'incident action="new" title="Checkout fails" services=["checkout","stock"]'],
  ['incident new Nobody can pay in Berlin', 'incident action="new" title="Nobody can pay in Berlin" services=[]'],
  ['incident declare “It’s down”', `incident action="new" title="It's down" services=[]`],
  ['incident new', '? What is the matter? → incident new "Checkout fails" for checkout'],
  ['incident note 3 rolled back', 'incident action="note" incident="3" text="rolled back"'],
  ['incident 3 note: rolled back', 'incident action="note" incident="3" text="rolled back"'],
  [
    'incident 3 nott rolled back',
    `? An incident can't be told to 'nott': new, show, join, note, update, role, resolve. → incident note rolled back`,
  ],
  ['incident note rolled back', 'incident action="note" incident=null text="rolled back"'],
  ['incident update #3 back in ten', 'incident action="update" incident="3" text="back in ten"'],
  ['incident role 3 commander ana', 'incident action="role" incident="3" role="commander" person="ana"'],
  ['incident role comms to @ben', 'incident action="role" incident=null role="communications" person="ben"'],
  ['incident role ic', 'incident action="role" incident=null role="commander" person="me"'],
  [
    'incident role comander',
    "? 'comander' is no role. They are commander, communications, operations, scribe. → incident role commander ana",
  ],
  ['incident join 3', 'incident action="join" incident="3"'],
  ['incident status', 'incident action="show" incident=null'],
  ['incident resolve 3 all good', 'incident action="resolve" incident="3" text="all good" force=false'],
  ['incident resolve force', 'incident action="resolve" incident=null text="" force=true'],
  ['silence', 'silence action="list"'],
  ['silences', 'silence action="list"'],
  ['silence checkout 2h moving the database', 'silence action="new" what="checkout" forMs=7200000 reason="moving the database"'],
  [
    'silence alertname=Slow,env=~"a b" for 30 minutes because x',
    'silence action="new" what="alertname=Slow,env=~\\"a b\\"" forMs=1800000 reason="x"',
  ],
  ['silence checkout until 16:10 the move', 'silence action="new" what="checkout" forMs=3600000 reason="the move"'],
  ['silence checkout 2h', '? Why? Whoever looks at the silence later wants to know. → silence checkout 2h moving the database'],
  ['silence end k3xq', 'silence action="end" id="k3xq"'],
  ['unsilence k3xq', 'silence action="end" id="k3xq"'],
  ['onkall payments', "? I don't know 'onkall'. → oncall payments"],
  ['aknowledge k3xq', "? I don't know 'aknowledge'. → ack k3xq"],
  ['grpah up', "? I don't know 'grpah'. → graph up"],
  ['hello there', "? I don't know 'hello'. → help"],
];
const graphs: [string, string][] = [
  ['graph me 20150517..20150523 @metric', 'graph names @metric | 2015-05-16T22:00Z 2015-05-23T22:00Z'],
  ['graph @metric 2015-05-17..2015-05-23', 'graph names @metric | 2015-05-16T22:00Z 2015-05-23T22:00Z'],
  ['graph me @metric', 'graph names @metric | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['graph @a.b.c @d', 'graph names @a.b.c @d | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['graph checkout errors last 2h', 'graph words checkout errors | 2026-11-21T12:10Z 2026-11-21T14:10Z'],
  ['graph checkout errors in the last 2 hours', 'graph words checkout errors | 2026-11-21T12:10Z 2026-11-21T14:10Z'],
  ['graph last day of checkout errors', 'graph words checkout errors | 2026-11-20T14:10Z 2026-11-21T14:10Z'],
  ['graph rate(http_requests_total[5m]) since yesterday 14:00', 'graph promql rate(http_requests_total[5m]) | 2026-11-20T13:00Z 2026-11-21T14:10Z'],
  ['graph up offset 1h', 'graph words up offset 1h | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['graph sum(up offset 1h) 2d', 'graph promql sum(up offset 1h) | 2026-11-19T14:10Z 2026-11-21T14:10Z'],
  ['graph "up offset 1h" 2h', 'graph promql up offset 1h | 2026-11-21T12:10Z 2026-11-21T14:10Z'],
  ['graph a / b between 10:00 and 12:00', 'graph promql a / b | 2026-11-21T09:00Z 2026-11-21T11:00Z'],
  ['graph @m from 22:00 to 02:00', 'graph names @m | 2026-11-20T21:00Z 2026-11-21T01:00Z'],
  ['graph @m yesterday', 'graph names @m | 2026-11-19T23:00Z 2026-11-20T23:00Z'],
  ['graph @m today', 'graph names @m | 2026-11-20T23:00Z 2026-11-21T14:10Z'],
  ['graph @m on tuesday', 'graph names @m | 2026-11-16T23:00Z 2026-11-17T23:00Z'],
  ['graph @m around 03:00', 'graph names @m | 2026-11-21T01:30Z 2026-11-21T02:30Z'],
  ['graph @m 10:00..12:00', 'graph names @m | 2026-11-21T09:00Z 2026-11-21T11:00Z'],
  ['graph @m 20261120..', 'graph names @m | 2026-11-19T23:00Z 2026-11-21T14:10Z'],
  ['graph @m 6h..2h', 'graph names @m | 2026-11-21T08:10Z 2026-11-21T12:10Z'],
  ['graph @m 2026-11-20T10:00Z…2026-11-20T12:00Z', 'graph names @m | 2026-11-20T10:00Z 2026-11-20T12:00Z'],
  ['graph @m since monday', 'graph names @m | 2026-11-15T23:00Z 2026-11-21T14:10Z'],
  ['graph http_requests_total', 'graph names @http_requests_total | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['show me checkout latency last week', 'graph words checkout latency | 2026-11-14T14:10Z 2026-11-21T14:10Z'],
  ['graph up{job=&quot;x&quot;}', 'graph promql up{job=&quot;x&quot;} | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['graph a &gt; 3', 'graph promql a > 3 | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['graph p99 checkout yesterday', 'graph words p99 checkout | 2026-11-19T23:00Z 2026-11-20T23:00Z'],
  ['graph the errors of checkout for the last 3 days', 'graph words errors of checkout | 2026-11-18T14:10Z 2026-11-21T14:10Z'],
  ['graph checkout errors since monday', 'graph words checkout errors | 2026-11-15T23:00Z 2026-11-21T14:10Z'],
  ['graph servers.*.cpu 20150517..20150523', 'graph names @servers.*.cpu | 2015-05-16T22:00Z 2015-05-23T22:00Z'],
  ['graph me servers.web{1,2}.load.[0-9] last 3 days', 'graph names @servers.web{1,2}.load.[0-9] | 2026-11-18T14:10Z 2026-11-21T14:10Z'],
  ['graph up*1.5', 'graph promql up*1.5 | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['graph servers.web1.load', 'graph names @servers.web1.load | 2026-11-21T13:10Z 2026-11-21T14:10Z'],
  ['graph', '? What is the graph to show? → graph checkout errors last 2h'],
  ['graph @a @b @c @d @e', '? At most 4 graphs at a time. → '],
]; // prettier-ignore

test.each([...everyday, ...pages, ...others, ...graphs])('%s', (text, meaning) => expect(said(text)).toBe(meaning));

test('days are those of the speaker, also where the clocks change', () => {
  // Clocks go forward in the night to 2026-03-29 in Berlin: that day has 23 hours.
  const reading = { now: Date.parse('2026-03-30T10:00:00Z'), timeZone: 'Europe/Berlin' };
  const parsed = parseCommand('graph @m 20260329..20260329', reading);
  expect('command' in parsed && brief(parsed.command)).toBe('graph names @m | 2026-03-28T23:00Z 2026-03-29T22:00Z');
});

test('each example of the help is a command of its verb', () => {
  for (const { verb, examples } of HELP) {
    for (const example of examples) {
      const parsed = parseCommand(example, READING);
      expect('command' in parsed ? parsed.command.verb : parsed, example).toBe(verb);
    }
  }
});

const word = fc.oneof(
  fc.constantFrom(...HELP.flatMap(({ examples }) => examples.flatMap((example) => example.split(' ')))),
  fc.constantFrom('..', '20150517..', '@', '#', '"', "'", '<@U0', '|', '>', 'last', 'since', 'from', 'to', 'between', 'until', '99999999d', '24:61', '2026-02-30', 'half', 'an', 'monday', '((', '[5m]', '__proto__', 'constructor'),
  fc.string({ unit: 'binary', maxLength: 12 }),
); // prettier-ignore

test('whatever is typed, it is a command or a sentence about it, in time', async () => {
  const text = fc.oneof(
    fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  await fuzz(
    fc.property(text, (typed) => {
      const parsed = parseCommand(typed, READING);
      expect('command' in parsed || parsed.problem !== '').toBe(true);
      if (!('command' in parsed)) return;
      const { command } = parsed;
      if (command.verb === 'graph') expect(command.from).toBeLessThan(command.to);
      if (command.verb === 'snooze') expect(command.until).toBeGreaterThan(READING.now);
    }),
    3_000,
  );
});

test('long input is refused or read in no time', () => {
  for (const part of ['graph ', '"', "' ", '( ', '<@U1|', 'last 2h ', '@a ', '20150517..', 'snooze '])
    said(part.repeat(Math.floor(3_999 / part.length)));
  expect(said('x'.repeat(4_001))).toContain('too long');
});
