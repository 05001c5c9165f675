import { z } from 'zod';

/** A resource's name: a DNS label (RFC 1123), so that it can stand in an address, a label and a file's name. */
export const NAME_PATTERN = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const name = z.string().check((context) => {
  if (NAME_PATTERN.test(context.value)) return;
  const better = likelyName(context.value);
  const instead = better === undefined ? ", such as 'checkout-api'" : `: did you mean '${better}'?`;
  const message = `a name is 1 to 63 lowercase letters, digits and '-'${instead}`;
  context.issues.push({ code: 'custom', message, input: context.value });
});

/** `Checkout API` → `checkout-api`, where that makes a name. */
export function likelyName(text: string): string | undefined {
  const slug = text.slice(0, 200).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, ''); // prettier-ignore
  return NAME_PATTERN.test(slug) ? slug : undefined;
}

/** OpenSLO allows several values for a label; they are kept joined. */
const labelValue = z.union([z.string().max(1024), z.array(z.string().max(1024)).max(100)]);

export const metadataSchema = z.strictObject({
  name: name.describe('The name that other documents use: 1 to 63 lowercase letters, digits and `-`.'),
  displayName: z.string().min(1).max(200).optional().describe('What people read instead of the name.'),
  labels: z.record(z.string().max(200), labelValue).optional().describe('For finding and grouping.'),
  annotations: z.record(z.string().max(200), z.string().max(10_000)).optional().describe('Notes for people and other tools.'),
});

/** What every document has around its spec. */
export const envelopeSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
  spec: z.record(z.string(), z.unknown()),
});

export const DEFAULT_API_VERSION = 'nines/v1';
