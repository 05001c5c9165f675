import type { Message } from '../../messages/index.ts';
import { mailHtml } from './mail-html.ts';

/** A drawing for a mail. */
export interface Picture {
  readonly png: Buffer;
  /** For who can't see it, or whose mail reader shows no pictures. */
  readonly alt: string;
}

/** More than this, a mail on a phone loads for too long. */
const MOST_BYTES = 200 * 1024;
const CID = 'graph@nines';

/** The message with the picture inside, below its button. */
export function withPicture(message: Message, picture: Picture | undefined): Message {
  if (!picture || picture.png.length > MOST_BYTES) return message;
  const attachment = { name: 'graph.png', type: 'image/png', content: picture.png.toString('base64'), cid: CID };
  const html = message.html ?? mailHtml(message, { cid: CID, alt: picture.alt });
  return { ...message, html, attachments: [...(message.attachments ?? []), attachment] };
}
