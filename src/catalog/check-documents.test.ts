import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkDocuments } from './check-documents.ts';
import { formatProblem } from './document-problem.ts';
import { catalogKinds } from './kinds.ts';
import type { ForeignKind, KindRegistry, ResourceKind } from './resource-kind.ts';

const policy: ResourceKind<{ steps: unknown[] }> = {
  kind: 'EscalationPolicy',
  plural: 'EscalationPolicies',
  summary: '',
  spec: z.strictObject({
    steps: z
      .array(
        z.strictObject({
          after: z.string().regex(/^\d+m$/, 'write minutes, such as 5m').optional(),
          notify: z.array(
            z.union([
              z.strictObject({ schedule: z.string(), layer: z.enum(['primary', 'secondary']).default('primary') }),
              z.strictObject({ person: z.string() }),
              z.strictObject({ team: z.string() }),
            ]),
          ),
        }),
      )
      .min(1),
    retry: z.union([z.number(), z.array(z.number())]).optional(),
    labels: z.record(z.string().regex(/^[a-z]+$/, 'lowercase letters only'), z.string()).optional(),
    on: z.boolean().optional(),
  }),
}; // prettier-ignore
const slo: ResourceKind = { kind: 'SLO', apiVersion: 'openslo/v1', summary: '', spec: z.looseObject({ service: z.string() }) };
/** As a parser of queries tells: the place within the text comes first. */
function queryError(text: string): string {
  const before = text.slice(0, text.indexOf('=?')).split('\n');
  return `${before.length}:${before.at(-1)!.length + 1}: parse error: unexpected '=?'`;
}
const rules: ForeignKind = {
  kind: 'RuleFile',
  summary: '',
  recognises: (document) => 'groups' in document,
  spec: z.strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string(),
            expr: z.string().refine((text) => !text.includes('=?'), { error: ({ input }) => queryError(String(input)) }),
          }),
        ),
      }),
    ),
  }),
};
const registry: KindRegistry = { kinds: [...catalogKinds, policy, slo] as ResourceKind[], foreignKinds: [rules] };

const check = (files: Record<string, string>): string[] =>
  checkDocuments(Object.entries(files).map(([file, text]) => ({ file, text })), registry, 0).problems.map(formatProblem); // prettier-ignore

const HEAD = 'apiVersion: nines/v1\nkind: ';
const doc = (kind: string, name: string, spec: string): string => `${HEAD}${kind}\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
const ana = doc('Person', 'ana', '  email: ana@example.com\n');
const payments = doc('Team', 'payments', '  members: [ana]\n');
const good = { 'ana.yaml': ana, 'payments.yaml': payments };

const cases: [name: string, text: string, problems: string[]][] = [
  ['nothing wrong', doc('Service', 'checkout', '  owner: payments\n'), []],
  ['misspelt key', doc('Service', 'checkout', '  ower: payments\n'), ["a.yaml:6:3: error: unknown key 'ower'; did you mean 'owner'?"]],
  [
    'unknown key without a neighbour',
    doc('Service', 'checkout', '  owner: payments\n  colour: red\n'),
    ["a.yaml:7:3: error: unknown key 'colour'; the keys here are description, owner, tier, repository, runbook, dependsOn, escalation"],
  ],
  [
    'snake case',
    doc('Service', 'checkout', '  owner: payments\n  depends_on: []\n'),
    ["a.yaml:7:3: error: unknown key 'depends_on'; did you mean 'dependsOn'?"],
  ],
  [
    'missing key',
    doc('Service', 'checkout', '  tier: 1\n'),
    ["a.yaml:5:1: error: missing key 'owner'; add 'owner', which is text: the `Team` that answers for it"],
  ],
  [
    'missing spec',
    `${HEAD}Team\nmetadata:\n  name: x\n`,
    ["a.yaml:1:1: error: missing key 'spec'; add 'spec', which is a mapping of keys to values"],
  ],
  ['empty spec', doc('Team', 'x', ''), ["a.yaml:5:1: error: 'spec' must be a mapping of keys to values, but is empty"]],
  [
    'missing metadata',
    `${HEAD}Team\nspec:\n  members: [ana]\n`,
    ["a.yaml:1:1: error: missing key 'metadata'; add 'metadata', which is a mapping with the keys name, displayName, labels, annotations"],
  ],
  [
    'misspelt metadata',
    `${HEAD}Team\nmetdata:\n  name: x\nspec:\n  members: [ana]\n`,
    ["a.yaml:3:1: error: unknown key 'metdata'; did you mean 'metadata'?"],
  ],
  [
    'misplaced spec key at root',
    `${HEAD}Service\nmetadata:\n  name: x\nowner: payments\nspec:\n  tier: 1\n`,
    ["a.yaml:5:1: error: unknown key 'owner'; 'owner' belongs under 'spec'"],
  ],
  [
    'misplaced spec key in metadata',
    `${HEAD}Service\nmetadata:\n  name: x\n  owner: payments\nspec:\n  owner: payments\n`,
    ["a.yaml:5:3: error: unknown key 'owner'; 'owner' belongs under 'spec'"],
  ],
  [
    'metadata key in spec',
    doc('Service', 'checkout', '  owner: payments\n  displayName: Checkout\n'),
    ["a.yaml:7:3: error: unknown key 'displayName'; 'displayName' belongs under 'metadata'"],
  ],
  [
    'number as text',
    doc('Service', 'checkout', '  owner: payments\n  tier: "2"\n'),
    ["a.yaml:7:9: error: 'tier' must be a whole number, but is the text '2'; write 2 without quotes"],
  ],
  [
    'word for number',
    doc('Service', 'checkout', '  owner: payments\n  tier: two\n'),
    ["a.yaml:7:9: error: 'tier' must be a whole number, but is the text 'two'"],
  ],
  [
    'fraction',
    doc('Service', 'checkout', '  owner: payments\n  tier: 1.5\n'),
    ["a.yaml:7:9: error: 'tier' must be a whole number, but is the number 1.5"],
  ],
  [
    'number too big',
    doc('Service', 'checkout', '  owner: payments\n  tier: 5\n'),
    ["a.yaml:7:9: error: 'tier' must be at most 4, but is 5"],
  ],
  [
    'number too small',
    doc('Service', 'checkout', '  owner: payments\n  tier: 0\n'),
    ["a.yaml:7:9: error: 'tier' must be at least 1, but is 0"],
  ],
  [
    'number for text',
    doc('Service', 'checkout', '  owner: payments\n  repository: 12\n'),
    ["a.yaml:7:15: error: 'repository' must be text, but is the number 12; put it in quotes: '12'"],
  ],
  [
    'text for list',
    doc('Team', 'x', '  members: ana\n'),
    ["a.yaml:6:12: error: 'members' must be a list, but is the text 'ana'; write a list: [ana]"],
  ],
  [
    'mapping for list',
    doc('Team', 'x', '  members:\n    ana: yes\n'),
    ["a.yaml:6:3: error: 'members' must be a list, but is a mapping; begin each item with '- '"],
  ],
  [
    'list for text',
    doc('Service', 'checkout', '  owner: [payments]\n'),
    ["a.yaml:6:10: error: 'owner' must be text, but is a list; write payments without brackets"],
  ],
  [
    'block list for text',
    doc('Service', 'checkout', '  owner:\n    - payments\n    - search\n'),
    ["a.yaml:6:3: error: 'owner' must be text, but is a list"],
  ],
  ['empty value', doc('Service', 'checkout', '  owner:\n  tier: 1\n'), ["a.yaml:6:3: error: 'owner' must be text, but is empty"]],
  ['null value', doc('Service', 'checkout', '  owner: null\n'), ["a.yaml:6:10: error: 'owner' must be text, but is empty"]],
  [
    'item of wrong type',
    doc('Team', 'x', '  members: [ana, 3]\n'),
    ["a.yaml:6:18: error: 'members[1]' must be text, but is the number 3; put it in quotes: '3'"],
  ],
  [
    'block item of wrong type',
    doc('Team', 'x', '  members:\n    - ana\n    - name: ben\n'),
    ["a.yaml:8:7: error: 'members[1]' must be text, but is a mapping"],
  ],
  [
    'not an email',
    doc('Person', 'ben', '  email: ben\n'),
    ["a.yaml:6:10: error: 'email' is 'ben', which is not an e-mail address; write an e-mail address, such as 'ana@example.com'"],
  ],
  [
    'not a url',
    doc('Service', 'checkout', '  owner: payments\n  runbook: wiki/checkout\n'),
    ["a.yaml:7:12: error: 'runbook' is 'wiki/checkout', which is not an address; write an address, such as 'https://example.com/page'"],
  ],
  [
    'bad time zone',
    doc('Person', 'ben', '  email: ben@example.com\n  timeZone: Europe/Berln\n'),
    ["a.yaml:7:13: error: 'timeZone': unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?"],
  ],
  [
    'a city',
    doc('Person', 'ben', '  email: ben@example.com\n  timeZone: Lisbon\n'),
    ["a.yaml:7:13: error: 'timeZone': unknown time zone 'Lisbon'; did you mean 'Europe/Lisbon'?"],
  ],
  [
    'offset time zone',
    doc('Person', 'ben', '  email: ben@example.com\n  timeZone: "+02:00"\n'),
    ["a.yaml:7:13: error: 'timeZone': unknown time zone '+02:00'; write its IANA name, such as 'Europe/Berlin'"],
  ],
  [
    'unknown channel',
    doc('Person', 'ben', '  email: ben@example.com\n  contacts:\n    - {channel: emial, address: b@example.com}\n'),
    [
      "a.yaml:8:17: error: 'channel' is 'emial', which is not one of its values; did you mean 'email'? The values are email, webhook, ntfy, slack, mattermost, teams, discord, telegram, matrix, irc, command, pagerduty, opsgenie, victorops, pushover and 4 more",
    ],
  ],
  [
    'missing channel',
    doc('Person', 'ben', '  email: ben@example.com\n  contacts:\n    - address: b@example.com\n'),
    [
      "a.yaml:8:7: error: missing key 'channel'; its values are email, webhook, ntfy, slack, mattermost, teams, discord, telegram and 11 more",
    ],
  ],
  [
    'missing address',
    doc('Person', 'ben', '  email: ben@example.com\n  contacts:\n    - channel: email\n'),
    ["a.yaml:8:7: error: missing key 'address'; add 'address', which is text: by email, an e-mail address"],
  ],
  [
    'bad address',
    doc('Person', 'ben', '  email: ben@example.com\n  contacts:\n    - channel: webhook\n      address: nowhere\n'),
    ["a.yaml:9:16: error: 'address' is 'nowhere', which is not an address; write an address, such as 'https://example.com/page'"],
  ],
  [
    'time of day',
    doc('Person', 'ben', '  email: ben@example.com\n  quietHours: {from: 10pm, to: "07:00"}\n'),
    ["a.yaml:7:22: error: 'from' can't be '10pm'; write a time of day as '22:00', in quotes"],
  ],
  [
    'equal quiet hours',
    doc('Person', 'ben', '  email: ben@example.com\n  quietHours:\n    from: "07:00"\n    to: "07:00"\n'),
    [
      "a.yaml:7:3: error: 'quietHours': quiet hours that begin and end at the same time leave it open whether they last all day or not at all",
    ],
  ],
  [
    'bad name',
    `${HEAD}Team\nmetadata:\n  name: Search Team\nspec:\n  members: [ana]\n`,
    ["a.yaml:4:9: error: 'name': a name is 1 to 63 lowercase letters, digits and '-'; did you mean 'search-team'?"],
  ],
  [
    'name that is a number',
    `${HEAD}Team\nmetadata:\n  name: 12\nspec:\n  members: [ana]\n`,
    ["a.yaml:4:9: error: 'name' must be text, but is the number 12; put it in quotes: '12'"],
  ],
  [
    'missing name',
    `${HEAD}Team\nmetadata:\n  labels: {a: b}\nspec:\n  members: [ana]\n`,
    [
      "a.yaml:3:1: error: missing key 'name'; add 'name', which is text: the name that other documents use: 1 to 63 lowercase letters, digits and `-`",
    ],
  ],
  [
    'unknown kind',
    doc('Servce', 'x', '  owner: payments\n'),
    ["a.yaml:2:7: error: unknown kind 'Servce'; did you mean 'Service'? The kinds are Team, Person, Service, EscalationPolicy, SLO"],
  ],
  [
    'kind of nothing near',
    doc('Deployment', 'x', '  replicas: 3\n'),
    ["a.yaml:2:7: error: unknown kind 'Deployment'; the kinds are Team, Person, Service, EscalationPolicy, SLO"],
  ],
  [
    'kind is a list',
    `${HEAD}[Team]\nmetadata:\n  name: x\nspec: {}\n`,
    ["a.yaml:2:7: error: 'kind' must be text, but is a list; the kinds are Team, Person, Service, EscalationPolicy, SLO"],
  ],
  [
    'missing kind',
    'apiVersion: nines/v1\nmetadata:\n  name: x\nspec: {}\n',
    ["a.yaml:1:1: error: missing key 'kind'; the kinds are Team, Person, Service, EscalationPolicy, SLO"],
  ],
  [
    'misspelt kind key',
    'apiVersion: nines/v1\nKind: Team\nmetadata:\n  name: x\nspec: {}\n',
    ["a.yaml:2:1: error: unknown key 'Kind'; did you mean 'kind'?"],
  ],
  [
    'missing apiVersion',
    'kind: Team\nmetadata:\n  name: x\nspec:\n  members: [ana]\n',
    ["a.yaml:1:1: error: missing key 'apiVersion'; write 'apiVersion: nines/v1'"],
  ],
  [
    'wrong apiVersion',
    'apiVersion: nines/v2\nkind: Team\nmetadata:\n  name: x\nspec: {}\n',
    ["a.yaml:1:13: error: unknown apiVersion 'nines/v2' for kind Team; write 'nines/v1'"],
  ],
  [
    'apiVersion of another',
    'apiVersion: nines/v1\nkind: SLO\nmetadata:\n  name: x\nspec:\n  service: s\n',
    ["a.yaml:1:13: error: unknown apiVersion 'nines/v1' for kind SLO; write 'openslo/v1'"],
  ],
  [
    'root is a list',
    '- a\n- b\n',
    ['a.yaml:1:1: error: a document is a mapping, but this is a list; begin with apiVersion, kind, metadata and spec'],
  ],
  [
    'root is text',
    'hello\n',
    ["a.yaml:1:1: error: a document is a mapping, but this is the text 'hello'; begin with apiVersion, kind, metadata and spec"],
  ],
  [
    'dangling with a neighbour',
    doc('Service', 'checkout', '  owner: payment\n'),
    ["a.yaml:6:10: error: Service 'checkout' names Team 'payment', which does not exist; did you mean 'payments'? Teams are: payments"],
  ],
  [
    'dangling without a neighbour',
    doc('Service', 'checkout', '  owner: zebra\n'),
    ["a.yaml:6:10: error: Service 'checkout' names Team 'zebra', which does not exist; Teams are: payments"],
  ],
  [
    'dangling in a flow list',
    doc('Team', 'x', '  members: [ana, bob]\n'),
    ["a.yaml:6:18: error: Team 'x' names Person 'bob', which does not exist; People are: ana"],
  ],
  [
    'dangling in a block list',
    doc('Team', 'x', '  members:\n    - ana\n    - anna\n'),
    ["a.yaml:8:7: error: Team 'x' names Person 'anna', which does not exist; did you mean 'ana'? People are: ana"],
  ],
  [
    'dangling of another kind',
    doc('Service', 'checkout', '  owner: ana\n'),
    ["a.yaml:6:10: error: Service 'checkout' names Team 'ana', which does not exist; 'ana' is a Person; Teams are: payments"],
  ],
  [
    'dangling of a kind without any',
    doc('Service', 'checkout', '  owner: payments\n  escalation: payments\n'),
    [
      "a.yaml:7:15: error: Service 'checkout' names EscalationPolicy 'payments', which does not exist; there are no EscalationPolicies yet: add a document of kind EscalationPolicy named 'payments'",
    ],
  ],
  [
    'depends on nothing',
    doc('Service', 'checkout', '  owner: payments\n  dependsOn: [stokc]\n---\n' + doc('Service', 'stock', '  owner: payments\n')),
    [
      "a.yaml:7:15: error: Service 'checkout' names Service 'stokc', which does not exist; did you mean 'stock'? Services are: checkout, stock",
    ],
  ],
  [
    'depends on itself',
    doc('Service', 'checkout', '  owner: payments\n  dependsOn: [checkout]\n'),
    ["a.yaml:7:15: error: Service 'checkout' depends on itself; remove one of these dependencies"],
  ],
  [
    'circle',
    ['a', 'b', 'c'].map((n, i) => doc('Service', n, `  owner: payments\n  dependsOn: [${'bca'[i]}]\n`)).join('---\n'),
    ['a.yaml:7:15: error: services depend on each other in a circle: a → b → c → a; remove one of these dependencies'],
  ],
  [
    'duplicate name',
    doc('Team', 'payments', '  members: [ana]\n'),
    ["payments.yaml:4:9: error: Team 'payments' is already defined in a.yaml:4; rename or remove one of them"],
  ],
  [
    'duplicate in one file',
    doc('Team', 'x', '  members: [ana]\n') + '---\n' + doc('Team', 'x', '  members: [ana]\n'),
    ["a.yaml:11:9: error: Team 'x' is already defined in a.yaml:4; rename or remove one of them"],
  ],
  [
    'no members',
    doc('Team', 'x', '  members: []\n'),
    ["a.yaml:6:12: warning: Team 'x' has no members; list the people who answer for its services"],
  ],
  ['same member twice', doc('Team', 'x', '  members: [ana, ana]\n'), ["a.yaml:6:18: warning: 'ana' is listed twice; remove one of them"]],
  [
    'same email',
    doc('Person', 'zoe', '  email: ANA@example.com\n'),
    ["a.yaml:6:10: error: Person 'ana' has the same e-mail address; an account stands for one person: give each an address of their own"],
  ],
  [
    'union: misspelt key',
    doc('EscalationPolicy', 'p', '  steps:\n    - notify: [{persn: ana}]\n'),
    ["a.yaml:7:17: error: unknown key 'persn'; did you mean 'person'?"],
  ],
  [
    'union: wrong type inside',
    doc('EscalationPolicy', 'p', '  steps:\n    - notify:\n        - person: 5\n'),
    ["a.yaml:8:19: error: 'person' must be text, but is the number 5; put it in quotes: '5'"],
  ],
  [
    'union: wrong enum inside',
    doc('EscalationPolicy', 'p', '  steps:\n    - notify:\n        - {schedule: x, layer: primry}\n'),
    ["a.yaml:8:32: error: 'layer' is 'primry', which is not one of its values; did you mean 'primary'? The values are primary, secondary"],
  ],
  [
    'union: text for mapping',
    doc('EscalationPolicy', 'p', '  steps:\n    - notify: [ana]\n'),
    [
      "a.yaml:7:16: error: 'notify[0]' must be a mapping of keys to values, but is the text 'ana'; its keys are schedule, layer, person, team",
    ],
  ],
  [
    'union of types',
    doc('EscalationPolicy', 'p', '  steps: [{notify: []}]\n  retry: often\n'),
    ["a.yaml:7:10: error: 'retry' must be a number or a list, but is the text 'often'"],
  ],
  ['empty list', doc('EscalationPolicy', 'p', '  steps: []\n'), ["a.yaml:6:10: error: 'steps' must have at least one item"]],
  [
    'missing key in a list item',
    doc('EscalationPolicy', 'p', '  steps:\n    - after: 5m\n'),
    ["a.yaml:7:7: error: missing key 'notify'; add 'notify', which is a list"],
  ],
  [
    'custom message',
    doc('EscalationPolicy', 'p', '  steps:\n    - after: soon\n      notify: []\n'),
    ["a.yaml:7:14: error: 'after' can't be 'soon'; write minutes, such as 5m"],
  ],
  [
    'bad record key',
    doc('EscalationPolicy', 'p', '  steps: [{notify: []}]\n  labels:\n    Env: a\n'),
    ["a.yaml:8:5: error: 'Env' is not a valid key here; lowercase letters only"],
  ],
  [
    'yes for boolean',
    doc('EscalationPolicy', 'p', '  steps: [{notify: []}]\n  on: yes\n'),
    ["a.yaml:7:7: error: 'on' must be true or false, but is the text 'yes'; write true without quotes"],
  ],
  [
    'rule file: misspelt key',
    'groups:\n  - name: g\n    rules:\n      - alert: A\n        exp: up == 0\n',
    ["a.yaml:5:9: error: unknown key 'exp'; did you mean 'expr'?"],
  ],
  [
    'rule file: missing key',
    'groups:\n  - name: g\n    rules:\n      - alert: A\n',
    ["a.yaml:4:9: error: missing key 'expr'; add 'expr', which is text"],
  ],
  ['rule file: empty', 'groups:\n', ["a.yaml:1:1: error: 'groups' must be a list, but is empty"]],
  ['yaml: tab', doc('Team', 'x', '\tmembers: [ana]\n'), ['a.yaml:6:1: error: a tab is used to indent; indent with spaces']],
  [
    'yaml: duplicate key',
    doc('Team', 'x', '  members: [ana]\n  members: [ben]\n'),
    ["a.yaml:7:3: error: the key 'members' is given twice, first in line 6; keep one of them"],
  ],
  [
    'yaml: colon in a value',
    doc('Team', 'x', '  description: payments: all\n'),
    [
      "a.yaml:6:16: error: there is a second ': ' where one value was expected; a value that contains ': ' needs quotes around it, and a nested key a line of its own",
    ],
  ],
  [
    'yaml: at sign',
    doc('Team', 'x', '  channel: @payments\n'),
    ['a.yaml:6:12: error: a value must not begin with this character; put the value in quotes'],
  ],
  [
    'yaml: bracket',
    doc('Team', 'x', '  members: [ana\n  channel: x\n'),
    ["a.yaml:7:3: error: a bracket is not closed before this line; close it with ']'"],
  ],
  ['yaml: quote', doc('Team', 'x', '  channel: "x\n'), ['a.yaml:6:12: error: this quote is not closed; end the value with the same quote']],
  [
    'yaml: indent',
    doc('Team', 'x', '  members: [ana]\n channel: x\n'),
    [
      'a.yaml:7:1: error: this line is indented differently from its neighbours; indent all keys of one mapping alike, and close every bracket',
    ],
  ],
  [
    'yaml: missing colon',
    doc('Team', 'x', '  members\n  channel: x\n'),
    ["a.yaml:6:3: error: a key must be on one line and end with ':'; is a ':' missing, or is the next line indented wrongly?"],
  ],
  [
    'yaml: alias of nothing',
    doc('Team', 'x', '  channel: *payments\n'),
    ["a.yaml:6:12: error: there is no anchor '&payments'; a value that begins with '*' needs quotes around it"],
  ],
  [
    'yaml: template',
    doc('Team', 'x', '  channel: {{ .Values.channel }}\n'),
    ["a.yaml:6:13: error: a key must be plain text; a value that begins with '{' or '[' needs quotes around it"],
  ],
  [
    'yaml: tag',
    doc('Team', 'x', '  channel: !Ref channel\n'),
    ["a.yaml:6:12: error: this tag is not known; leave it out; a value that begins with '!' needs quotes"],
  ],
  [
    'yaml: two mistakes in two documents',
    doc('Team', 'x', '  channel: @x\n') + '---\n' + doc('Team', 'y', '  chanel: x\n'),
    [
      'a.yaml:6:12: error: a value must not begin with this character; put the value in quotes',
      "a.yaml:13:3: error: unknown key 'chanel'; did you mean 'channel'?",
    ],
  ],
  [
    'merge key',
    'x-base: &base\n  members: [ana]\n',
    ["a.yaml:1:1: error: missing key 'kind'; the kinds are Team, Person, Service, EscalationPolicy, SLO"],
  ],
  [
    'alias in members',
    doc('Team', 'x', '  description: &who bob\n  members: [*who]\n'),
    ["a.yaml:7:13: error: Team 'x' names Person 'bob', which does not exist; People are: ana"],
  ],
  [
    'crlf',
    doc('Service', 'checkout', '  owner: payments\n  teir: 2\n').replaceAll('\n', '\r\n'),
    ["a.yaml:7:3: error: unknown key 'teir'; did you mean 'tier'?"],
  ],
  ['deep', '['.repeat(300000), ['a.yaml:1:101: error: nested more than 100 levels deep']],
  [
    'laughs',
    'a: &a [x,x,x,x,x,x,x,x,x]\n' +
      'bcdefghij'
        .split('')
        .map(
          (c, i) =>
            `${c}: &${c} [${Array(9)
              .fill('*' + 'abcdefghij'[i])
              .join(',')}]\n`,
        )
        .join(''),
    ['a.yaml:1:1: error: aliases of aliases grow to more than 200000 values'],
  ],
  [
    'proto',
    doc('Team', 'x', '  __proto__: {members: [ana]}\n  constructor: 1\n'),
    [
      "a.yaml:6:3: error: unknown key '__proto__'; the keys here are description, members, channel",
      "a.yaml:7:3: error: unknown key 'constructor'; the keys here are description, members, channel",
    ],
  ],
];

test.each(cases)('%s', (_, text, problems) => {
  expect(check({ ...good, 'a.yaml': text })).toEqual(problems);
});

const folders: [name: string, files: Record<string, string>, problems: string[]][] = [
  [
    'a document with a syntax error still counts as there',
    { ...good, 'payments.yaml': `${payments}  channel: @x\n`, 's.yaml': doc('Service', 's', '  owner: payments\n') },
    ['payments.yaml:7:12: error: a value must not begin with this character; put the value in quotes'],
  ],
  [
    'so does one with an unknown key',
    { ...good, 'payments.yaml': `${payments}  chanel: x\n`, 's.yaml': doc('Service', 's', '  owner: payments\n') },
    ["payments.yaml:7:3: error: unknown key 'chanel'; did you mean 'channel'?"],
  ],
  [
    'nothing is said of missing ones while a document can not be told apart',
    { 'a.yaml': 'kind: Team\nmetadata: {name: "payments\n', 's.yaml': doc('Service', 's', '  owner: payments\n') },
    [
      'a.yaml:2:18: error: this quote is not closed; end the value with the same quote',
      "a.yaml:3:1: error: a bracket is not closed before this line; close it with '}'",
    ],
  ],
  [
    'kinds check each other only once all documents are valid by themselves',
    { ...good, 'x.yaml': doc('Team', 'x', '  members: []\n'), 'y.yaml': doc('Team', 'y', '  membrs: []\n') },
    ["y.yaml:6:3: error: unknown key 'membrs'; did you mean 'members'?"],
  ],
  [
    'rule files of one name in two folders are two',
    { 'a/alerts.yaml': 'groups: []\n', 'b/alerts.yml': 'groups: []\n', 'b/more.yml': 'groups: []\n---\ngroups: []\n' },
    [],
  ],
  ['the settings of nines itself are no document', { ...good, 'nines.yaml': 'port: 9900\n' }, []],
  [
    'but only in the folder itself',
    { ...good, 'x/nines.yaml': 'port: 9900\n' },
    ["x/nines.yaml:1:1: error: missing key 'kind'; the kinds are Team, Person, Service, EscalationPolicy, SLO"],
  ],
  [
    'files are told in order, and places from top to bottom',
    {
      ...good,
      'b.yaml': doc('Team', 'b', '  members: [x]\n  chanel: y\n'),
      'a.yaml': `${doc('Team', 'a', '  members: [3, 4]\n')}---\n${doc('Team', 'a2', '  x: 1\n')}`,
    },
    [
      "a.yaml:6:13: error: 'members[0]' must be text, but is the number 3; put it in quotes: '3'",
      "a.yaml:6:16: error: 'members[1]' must be text, but is the number 4; put it in quotes: '4'",
      "a.yaml:13:3: error: unknown key 'x'; the keys here are description, members, channel",
      "b.yaml:7:3: error: unknown key 'chanel'; did you mean 'channel'?",
    ],
  ],
];

test.each(folders)('%s', (_, files, problems) => expect(check(files)).toEqual(problems));

const rule = (expr: string): string => `groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: ${expr}\n`;
test.each([
  ['plain', rule('up =? 0'), '5:18'],
  ['in quotes', rule("'up =? 0'"), '5:19'],
  ['literal', rule('|\n          sum(up)\n            =? 0\n'), '7:13'],
  ['literal, with an indent of its own', rule('|2\n           up =? 0\n'), '6:15'],
  // Lines are joined here, so the place in the text is not one in the file: the value itself is pointed at.
  ['folded', rule('>\n          sum(up)\n          =? 0\n'), '5:15'],
  ['plain over two lines', rule('sum(up)\n          =? 0'), '5:15'],
])('an error within a text is shown where it is: %s', (_, text, place) => {
  expect(check({ 'a.yaml': text })).toEqual([`a.yaml:${place}: error: 'expr': parse error: unexpected '=?'`]);
});

test('a check that throws refuses the documents and says whose it was', () => {
  const broken: ResourceKind = {
    ...slo,
    check: () => {
      throw new Error('no such thing');
    },
  };
  const files = [{ file: 'a.yaml', text: 'apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: x\nspec:\n  service: s\n' }];
  const { problems } = checkDocuments(files, { kinds: [broken], foreignKinds: [] }, 0);
  expect(problems.map(formatProblem)).toEqual(["a.yaml:1:1: error: SLO 'x' could not be checked: no such thing"]);
});

test('what passed is in the set, frozen, with its title, labels and file', () => {
  const text =
    'apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: x\n  displayName: X!\n  labels: {env: [a, b], tier: one}\nspec:\n  service: s\n';
  const { set } = checkDocuments([{ file: 'd/a.yaml', text }, { file: 'b.yaml', text: 'kind: Nothing\n' }], registry, 0); // prettier-ignore
  const [resource] = set.all();
  expect(set.all()).toHaveLength(1);
  expect(resource).toEqual({
    kind: 'SLO',
    name: 'x',
    title: 'X!',
    labels: { env: 'a,b', tier: 'one' },
    spec: { service: 's' },
    file: 'd/a.yaml',
  });
  expect(Object.isFrozen(resource?.spec)).toBe(true);
});
