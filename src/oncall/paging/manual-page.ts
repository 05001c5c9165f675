import type { z } from 'zod';
import type { ServiceSpec } from '../../catalog/index.ts';
import { notFound } from '../../platform/problem.ts';
import type { newPage } from '../contract.ts';
import type { Desk } from '../desk.ts';
import { insertPage } from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import { storableText } from '../pages/storable.ts';
import { cut } from '../pages/subject.ts';
import { policyFor } from '../policies/escalation.ts';
import type { Answerer } from './answer.ts';
import { blankPage } from './new-page.ts';
import { begin } from './paging.ts';

/** A person calls people: a critical page without alerts, which ends when someone says so. 404 for an unknown service or policy. */
export async function callByHand(desk: Desk, wanted: z.output<typeof newPage>, by: Answerer): Promise<PageState> {
  const { service = null } = wanted;
  const [subject, text] = [storableText(wanted.subject), storableText(wanted.text)];
  const set = desk.catalog.current();
  const known = service === null ? undefined : set.get<ServiceSpec>('Service', service);
  if (service !== null && !known) throw notFound('service', service);
  if (wanted.policy !== undefined && !set.get('EscalationPolicy', wanted.policy)) throw notFound('escalation policy', wanted.policy);
  const blank = blankPage(desk.clock.now());
  const headline = `${by.name} calls: ${subject}`;
  const row = {
    ...blank,
    group_key: `manual:${blank.id}`,
    service,
    team: known?.spec.owner ?? null,
    policy: wanted.policy ?? policyFor(set, service)?.name ?? null,
    subject: cut(subject.replaceAll(/\s+/g, ' ').trim()),
    text: text === '' ? headline : `${headline}\n\n${text}`,
  };
  return desk.sql.transaction(async (tx) => {
    await insertPage(tx, row);
    return begin(desk, tx, row, headline, by.actor);
  });
}
