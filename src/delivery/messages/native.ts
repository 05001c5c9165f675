import type { Message } from './message.ts';

/**
 * What the sender has made in the provider's own format, in `data.native`: fields that the channel puts into what it sends, or
 * in place of it. What the provider refuses of it is the sender's to mend.
 */
export function nativeOf({ data }: Pick<Message, 'data'>): Record<string, unknown> | undefined {
  const native = data?.['native'];
  return typeof native === 'object' && native !== null ? (native as Record<string, unknown>) : undefined;
}

/** A part of it that is an object; empty where it is none. */
export function nativePart(native: Record<string, unknown> | undefined, key: string): Record<string, unknown> {
  const part = native?.[key];
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
}
