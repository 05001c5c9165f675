import { z } from 'zod';
import { durationText, parseDuration } from '../platform/duration.ts';
import type { CatalogContact } from './contacts.ts';

const rule = z.strictObject({
  contact: z.string().min(1).max(2_000).describe("Which of the contacts: a channel's name (the first contact of it), or an address."),
  after: durationText({ max: '1h' }).default('0s').describe('How long after the call, while nobody has acknowledged. Several at the same time are sent at once.'),
}); // prettier-ignore
export type NotifyRule = z.output<typeof rule>;

const rules = z
  .array(rule)
  .min(1)
  .max(10)
  .refine((list) => list.some(({ after }) => parseDuration(after) === 0), 'the first way is tried at once: give one of them no `after`');

/** A person's own rules: which way is tried when. */
export const notifyRules = z.strictObject({
  critical: rules.optional().describe('For pages that wake people; by default the first contact.'),
  other: rules.optional().describe('For everything else; by default the first contact.'),
});

interface Reachable {
  readonly email: string;
  readonly contacts: readonly CatalogContact[];
}

/** The contact that a rule names: by channel, by address, or the e-mail address of the person itself. */
export function contactOfRule({ email, contacts }: Reachable, { contact: name }: Pick<NotifyRule, 'contact'>): CatalogContact | undefined {
  const found = contacts.find(({ channel }) => channel === name) ?? contacts.find(({ address }) => address === name);
  if (found !== undefined || (name !== 'email' && name !== email)) return found;
  return { channel: 'email', address: email };
}
