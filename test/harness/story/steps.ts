import { expect } from 'vitest';
import type { Severity } from '../../../src/catalog/contract.ts';
import type { PagedAlert } from '../../../src/oncall/index.ts';
import type { World } from './world.ts';

/** What a line of a story does: `match` is of the step's pattern. */
export type Step = (world: World, match: RegExpExecArray) => Promise<void> | void;

const alertsOf = (world: World, count: number, name: string, service: string | null, severity: Severity): PagedAlert[] =>
  Array.from({ length: count }, (_, i) => ({
    fingerprint: `${name}-${i}`,
    rule: name,
    group: 'rules',
    severity,
    service,
    labels: { alertname: name, instance: `web-${i}` },
    annotations: { summary: `Restart the web servers: ${name}`, odd: 'NUL \u0000 and half a \ud83d' },
    value: 0.042,
    expr: 'job:errors:ratio > 0.01',
    activeAt: world.clock.now() - 60_000,
    firedAt: world.clock.now(),
    resolvedAt: null,
  }));

/** Everything that was sent, for the reader of a failure. */
export const seen = (world: World): string => world.sent.map(({ at, reason, person, channel, key }) => `${new Date(at).toISOString()} ${reason} to ${person} by ${channel} ${key}`).join('\n'); // prettier-ignore

/** What every story can say. */
export const STEPS: [RegExp, Step][] = [
  [/^(?:(\d+) alerts|alert) (\S+) (fires?|resolves?)(?: for (\S+))?(?: as (critical|today|eventually))?$/, (world, [, count = '1', name, verb, service = 'shop', severity = 'critical']) =>
    world.alerts(verb!.startsWith('fire') ? 'firing' : 'resolved', alertsOf(world, Number(count), name!, service === 'nobody' ? null : service, severity as Severity))],
  [/^expect (page|escalation|ticket|resolved) to (\S+) by (\S+)( again)?$/, (world, [, reason, person, channel, again]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel && one.at === world.clock.now());
    expect(found, `expected now. Sent so far:\n${seen(world)}`).toBeDefined();
    const twin = world.sent.some((one) => one !== found && one.expected && one.key === found!.key);
    expect(twin, 'the key of an earlier message').toBe(again !== undefined);
    found!.expected = true;
  }],
  [/^expect (\d+) messages? (\S+) to (\S+) by (\S+) within (\d+) seconds$/, (world, [, count, reason, person, channel, seconds]) => {
    const since = world.clock.now() - Number(seconds) * 1000;
    const found = world.sent.filter((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel && one.at >= since);
    expect(found.length, `of these:\n${seen(world)}`).toBe(Number(count));
    for (const one of found) one.expected = true;
  }],
  [/^expect nothing$/, (world) => expect(world.sent.filter(({ expected }) => !expected), seen(world)).toEqual([])],
  [/^expect the page is (\S+)(?: by (\S+))?$/, async (world, [, state, by]) => {
    expect(await world.lastPage()).toMatchObject({ state, ...(by && { acknowledgedBy: by }) });
  }],
  [/^expect (\d+) alerts? on the page$/, async (world, [, count]) => {
    expect((await world.lastPage()).alerts).toHaveLength(Number(count));
  }],
  [/^expect (\d+) pages?$/, async (world, [, count]) => {
    expect((await world.request('GET', '/nines/v1/pages', { query: { limit: 50 } as never })) as { pages: unknown[] }).toMatchObject({ pages: { length: Number(count) } });
  }],
  [/^expect the text says (.*)$/, async (world, [, text]) => expect((await world.lastPage()).text).toContain(text)],
  [/^expect health (\S+) says (.*)$/, (world, [, component, text]) => {
    expect(world.health.list().find((one) => one.component === component)?.problem).toContain(text);
  }],
  [/^expect health (\S+) is ok$/, (world, [, component]) => {
    expect(world.health.list().find((one) => one.component === component)?.state).toBe('ok');
  }],
  [/^expect the followers were told: (.*)$/, (world, [, told]) => expect(world.told.join(', ')).toBe(told)],
  [/^(\S+) acknowledges$/, async (world, [, person]) => expect(await world.press(person!)).toMatch(/Acknowledged by|Resolved at/)],
  [/^(\S+) snoozes for (\S+)$/, (world, [, person, length]) => world.answer(person!, 'snooze', { for: length })],
  [/^(\S+) escalates(?: to (person|team|schedule) (\S+))?$/, (world, [, person, kind, name]) => world.answer(person!, 'escalate', kind ? { [kind]: name } : {})],
  [/^(\S+) says not mine$/, (world, [, person]) => world.answer(person!, 'not-mine')],
  [/^(\S+) cannot (escalate|say not mine|snooze)(?: to (person|team|schedule) (\S+?)| for (\S+?))?: (.*)$/, async (world, [, person, verb, kind, name, length, why]) => {
    const path = verb === 'say not mine' ? 'not-mine' : verb!;
    const body = kind === undefined ? (length === undefined ? {} : { for: length }) : { [kind]: name };
    await expect(world.answer(person!, path, body)).rejects.toThrow(why);
  }],
  [/^(\S+) resolves because (.*)$/, async (world, [, person, reason]) => {
    const principal = { kind: 'account', actor: `person:${person}`, name: person!, person: person!, role: 'responder' } as const;
    const { id } = await world.lastPage();
    await world.request('POST', '/nines/v1/pages/:id/resolve', { params: { id }, body: { reason }, principal });
  }],
  [/^(\S+) calls for (\S+): (.*)$/, async (world, [, person, service, subject]) => {
    const principal = { kind: 'account', actor: `person:${person}`, name: person!, person: person!, role: 'responder' } as const;
    await world.request('POST', '/nines/v1/pages', { body: { service, subject, text: '' }, principal });
  }],
  [/^restart$/, (world) => world.restart()],
  [/^the process dies as the next message leaves$/, (world) => world.crashAtNext()],
  [/^the process dies before the next message leaves$/, (world) => world.crashAtNext(true)],
  [/^the channels go down$/, (world) => void (world.down = true)],
  [/^the channels work again$/, (world) => void (world.down = false)],
  [/^the followers break$/, (world) => void (world.broken = true)],
  [/^the followers work again$/, (world) => void (world.broken = false)],
  [/^the address (\S+) is refused$/, (world, [, address]) => void (world.refused = address!)],
  [/^the policies are removed$/, (world) => {
    const before = world.set;
    world.set = { ...before, list: (kind) => (kind === 'EscalationPolicy' ? [] : before.list(kind)), get: (kind, name) => (kind === 'EscalationPolicy' ? undefined : before.get(kind, name)) };
  }],
  [/^the documents come into force$/, (world) => void (world.set = world.read(world.documents))],
  [/^a deploy of (\S+): (.*)$/, async (world, [, service, title]) => {
    await world.deploy(service!, title!);
  }],
]; // prettier-ignore
