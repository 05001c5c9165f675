import { isCall } from '../../answers/index.ts';
import type { Message } from '../../messages/index.ts';

const STYLE = `
  body { margin: 0; padding: 16px; background: #ffffff; color: #16181d; }
  main { max-width: 600px; margin: 0 auto; font: 16px/1.5 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
  h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; }
  a { color: #0b57d0; }
  p, ul { margin: 0 0 16px; }
  ul { padding-left: 20px; }
  p a { display: inline-block; padding: 6px 0; }
  .others { color: #555c66; }
  @media (prefers-color-scheme: dark) {
    body { background: #121417 !important; color: #f1f3f5 !important; }
    a { color: #8ab4f8 !important; }
    a.button { color: #ffffff !important; }
    .others { color: #b8c0cc !important; }
  }`;

/** Inline too: some clients drop the style sheet, and this is what must be found with one thumb. */
const BUTTON =
  'display:block;margin:0 0 20px;padding:18px 24px;border-radius:10px;background:#b3261e;color:#ffffff;' +
  'font-size:20px;font-weight:700;text-align:center;text-decoration:none;';

/** A mail's HTML from its text: paragraphs, links, and the one action as a big button on top. Light and dark, nothing to load. */
export function mailHtml(
  { subject, text, action, replyTo, reason }: Pick<Message, 'subject' | 'text' | 'action' | 'replyTo' | 'reason'>,
  picture?: { readonly cid: string; readonly alt: string },
): string {
  const image = picture ? `<p><img src="cid:${escapeHtml(picture.cid)}" alt="${escapeHtml(picture.alt)}" width="600" style="width:100%;max-width:600px;height:auto;border-radius:8px"></p>\n` : ''; // prettier-ignore
  const button = action ? `<a class="button" href="${escapeHtml(action.url)}" style="${BUTTON}">${escapeHtml(action.label)}</a>` : '';
  const others = action && isCall({ reason }) ? otherAnswers(action.url, replyTo !== undefined) : '';
  const said = text.split(/\n{2,}/).filter((part) => !(action && part.includes(action.url)));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title><style>${STYLE}
</style></head><body><main><h1>${escapeHtml(subject)}</h1>
${button}${others}${image}${textHtml(said.join('\n\n'))}
</main></body></html>`;
}

/** What else can be said, where the one button is not it. */
const otherAnswers = (url: string, byMail: boolean): string =>
  `<p class="others"><a href="${escapeHtml(url)}">Snooze, not mine, escalate, resolve</a>${byMail ? '<br>\nor answer this mail: ack, snooze 30m, not mine, escalate, resolve' : ''}</p>\n`;

/** Plain text as HTML: a paragraph for each, lists for lines that begin with a dash, links for addresses. */
export function textHtml(text: string): string {
  const parts = text.split(/\n{2,}/).filter((part) => part.trim() !== '');
  return parts.map(paragraph).join('\n');
}

function paragraph(part: string): string {
  const lines = part.split('\n');
  const first = lines.findIndex((one) => one.startsWith('- '));
  if (first === -1 || !lines.slice(first).every((one) => one.startsWith('- '))) return `<p>${lines.map(line).join('<br>\n')}</p>`;
  const before = first === 0 ? '' : `<p>${lines.slice(0, first).map(line).join('<br>\n')}</p>\n`;
  return `${before}<ul>${lines
    .slice(first)
    .map((one) => `<li>${line(one.slice(2))}</li>`)
    .join('\n')}</ul>`;
}

/** `Graph: https://…` becomes a link named Graph: an address of three lines helps nobody. */
function line(text: string): string {
  const named = /^([A-Z][\w ]{0,30}): (https?:\/\/\S+)$/.exec(text);
  if (named) return `<a href="${escapeHtml(named[2]!)}">${escapeHtml(named[1]!)}</a>`;
  // A number stays with its unit.
  return escapeHtml(text)
    .replaceAll(/(\d) %/g, '$1\u00a0%')
    .replaceAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g, (url) => `<a href="${url}">${url}</a>`);
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
