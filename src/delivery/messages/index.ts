/** What is said to a person: a message, and the parts and words that channels make theirs of. */
export { entityMarkdown, escapedMarkdown, markdownText } from './markdown.ts';
export type { Attachment, Message } from './message.ts';
export { cutText, inBytes, inJson, messageParts, plainText, sizeOf, type Link, type Measure, type MessageParts } from './message-parts.ts';
export { nativeOf, nativePart } from './native.ts';
