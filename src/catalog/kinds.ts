import { z } from 'zod';
import { chatIds, type ChatName } from './chat-ids.ts';
import { contact } from './contacts.ts';
import { NAME_PATTERN } from './envelope.ts';
import { circular, findCycle } from './find-cycle.ts';
import type { ResourceKind, ResourceProblem, ResourceReference, ResourceSet } from './resource-kind.ts';
import { contactOfRule, notifyRules } from './notify-rules.ts';
import { timeZoneName } from './time-zone.ts';

/** The name of another document. */
export const resourceName = z.string().regex(NAME_PATTERN, "a name is 1 to 63 lowercase letters, digits and '-', such as 'checkout-api'");

export const teamSpec = z.strictObject({
  description: z.string().max(2_000).optional().describe('What the team does.'),
  members: z.array(resourceName).max(1_000).default([]).describe('Who is in it: names of `Person` documents.'),
  channel: z.string().min(1).max(200).optional().describe('Where the team talks, such as `#payments`.'),
});
export type TeamSpec = z.output<typeof teamSpec>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as '22:00', in quotes");

export const personSpec = z.strictObject({
  email: z.email().max(320).describe('Also links the person to the account with this address.'),
  contacts: z
    .array(contact)
    .max(10)
    .default([])
    .describe('Where messages go. The first is the default, the next is tried when it fails; without any, it is the e-mail address.'),
  chat: chatIds.optional().describe('Who the person is in chats: what is asked for there is asked by them.'),
  timeZone: timeZoneName.default('UTC').describe("The person's time zone, by its IANA name."),
  quietHours: z
    .strictObject({ from: timeOfDay.describe('When they begin.'), to: timeOfDay.describe('When they end.') })
    .refine(({ from, to }) => from !== to, 'quiet hours that begin and end at the same time leave it open whether they last all day or not at all')
    .optional()
    .describe('When only critical pages are sent, in the time zone of the person. May pass midnight.'),
  notify: notifyRules.optional().describe('What to try after how many minutes, while nobody has acknowledged. A way that fails is followed by the next contact.'),
}); // prettier-ignore
export type PersonSpec = z.output<typeof personSpec>;

export const serviceSpec = z.strictObject({
  description: z.string().max(2_000).optional().describe('What it does for whom.'),
  owner: resourceName.describe('The `Team` that answers for it.'),
  tier: z.int().min(1).max(4).default(3).describe('1 is what the company lives on; 4 may wait.'),
  repository: z.string().min(1).max(2_000).optional().describe('Where its code is.'),
  runbook: z.url({ protocol: /^https?$/ }).max(2_000).optional().describe('The page to open when it fails.'),
  dependsOn: z.array(resourceName).max(200).default([]).describe('The services that it needs, by name.'),
  escalation: resourceName.optional().describe('The `EscalationPolicy` that calls people for it.'),
}); // prettier-ignore
export type ServiceSpec = z.output<typeof serviceSpec>;

const each = (path: readonly string[], kind: string, names: readonly string[]): ResourceReference[] =>
  names.map((name, i) => ({ path: [...path, i], kind, name }));

const team: ResourceKind<TeamSpec> = {
  kind: 'Team',
  spec: teamSpec,
  summary: 'People who answer for services together.',
  example: `apiVersion: nines/v1
kind: Team
metadata:
  name: payments
  displayName: Payments
spec:
  members: [ana, ben]
  channel: '#payments'
`,
  references: (spec) => each(['spec', 'members'], 'Person', spec.members),
  check({ name, spec }) {
    const again = spec.members.findIndex((member, i) => spec.members.indexOf(member) < i);
    if (again !== -1) return [warning(['spec', 'members', again], `'${spec.members[again]}' is listed twice`, 'remove one of them')];
    if (spec.members.length > 0) return [];
    return [warning(['spec', 'members'], `Team '${name}' has no members`, 'list the people who answer for its services')];
  },
};

const person: ResourceKind<PersonSpec> = {
  kind: 'Person',
  plural: 'People',
  spec: personSpec,
  summary: 'Someone who can be called: how, when, and in which time zone.',
  example: `apiVersion: nines/v1
kind: Person
metadata:
  name: ana
  displayName: Ana Souza
spec:
  email: ana@example.com
  contacts:
    - {channel: email, address: ana@example.com}
    - {channel: webhook, address: 'https://push.example.com/ana'}
  timeZone: Europe/Lisbon
  quietHours: {from: '22:00', to: '07:00'}
  notify:
    critical:
      - {contact: webhook}
      - {contact: email, after: 3m}
`,
  check({ name, spec }, all) {
    const unknown = unknownContacts(spec);
    if (unknown.length > 0) return unknown;
    const address = spec.email.toLowerCase();
    const others = all.list<PersonSpec>('Person').filter((one) => one.name < name);
    const twins = Object.entries(spec.chat ?? {}).flatMap(([chat, id]) => {
      const twin = others.find((one) => one.spec.chat?.[chat as ChatName]?.toLowerCase() === id?.toLowerCase());
      return twin === undefined ? [] : [error(['spec', 'chat', chat], `Person '${twin.name}' is the same in ${chat}`, 'whoever speaks there is one of them: remove the other')]; // prettier-ignore
    });
    const other = others.find((one) => one.spec.email.toLowerCase() === address);
    if (other === undefined) return twins;
    return [...twins, error(['spec', 'email'], `Person '${other.name}' has the same e-mail address`, 'an account stands for one person: give each an address of their own')]; // prettier-ignore
  },
};

function unknownContacts(spec: PersonSpec): ResourceProblem[] {
  const known = ['email', ...spec.contacts.map(({ channel }) => channel)];
  return (['critical', 'other'] as const).flatMap((list) =>
    (spec.notify?.[list] ?? []).flatMap((rule, i) => {
      if (contactOfRule(spec, rule) !== undefined) return [];
      const hint = `name one of the contacts by its channel (${[...new Set(known)].join(', ')}) or by its address`;
      return [error(['spec', 'notify', list, i, 'contact'], `there is no contact '${rule.contact}'`, hint)];
    }),
  );
}

const service: ResourceKind<ServiceSpec> = {
  kind: 'Service',
  spec: serviceSpec,
  summary: 'Something that people rely on: who owns it, how much it matters, what it needs.',
  example: `apiVersion: nines/v1
kind: Service
metadata:
  name: checkout
  displayName: Checkout
spec:
  description: Takes the order and the money.
  owner: payments
  tier: 1
  repository: https://git.example.com/shop/checkout
  runbook: https://wiki.example.com/runbooks/checkout
  dependsOn: [stock]
  escalation: payments
`,
  references: (spec) => [
    { path: ['spec', 'owner'], kind: 'Team', name: spec.owner },
    ...each(['spec', 'dependsOn'], 'Service', spec.dependsOn),
    ...(spec.escalation === undefined ? [] : [{ path: ['spec', 'escalation'], kind: 'EscalationPolicy', name: spec.escalation }]),
  ],
  check({ name, spec }, all) {
    if (!circularServices(all).has(name)) return [];
    const cycle = findCycle(name, (one) => all.get<ServiceSpec>('Service', one)?.spec.dependsOn ?? []);
    // Told once, at its first service by name.
    if (cycle === undefined || cycle.some((one) => one < name)) return [];
    const chain = [...cycle, name].join(' → ');
    const message = cycle.length === 1 ? `Service '${name}' depends on itself` : `services depend on each other in a circle: ${chain}`;
    return [error(['spec', 'dependsOn', spec.dependsOn.indexOf(cycle[1] ?? name)], message, 'remove one of these dependencies')];
  },
};

const known = new WeakMap<ResourceSet, Set<string>>();

/** Found once for a set: a walk from each service would take long for thousands of them. */
function circularServices(all: ResourceSet): Set<string> {
  let found = known.get(all);
  if (found === undefined) {
    found = circular(new Map(all.list<ServiceSpec>('Service').map(({ name, spec }) => [name, spec.dependsOn])));
    known.set(all, found);
  }
  return found;
}

const error = (path: ResourceProblem['path'], message: string, hint: string): ResourceProblem => ({
  path,
  severity: 'error',
  message,
  hint,
});
const warning = (path: ResourceProblem['path'], message: string, hint: string): ResourceProblem => ({
  path,
  severity: 'warning',
  message,
  hint,
});

/** The kinds that belong to the catalog itself. */
export const catalogKinds: ResourceKind[] = [team, person, service];
