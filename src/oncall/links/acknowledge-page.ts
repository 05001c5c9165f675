import { escapeHtml, textHtml } from '../../delivery/index.ts';
import { reply, type Reply } from '../../platform/http/index.ts';
import type { PageState } from '../pages/page.ts';
import { localTime } from '../pages/render-page.ts';

/** For a phone at 3 a.m.: dark, large, nothing to load, contrast of 7:1 and more (WCAG AAA for text). */
const STYLE = `
  :root { color-scheme: dark; }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; padding: 24px 20px 40px; background: #0f1115; color: #f2f4f7;
    font: 18px/1.5 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
  main { max-width: 560px; margin: 0 auto; }
  .service { margin: 0 0 8px; color: #b8c0cc; }
  h1 { margin: 0 0 24px; font-size: 28px; line-height: 1.25; overflow-wrap: anywhere; }
  button { display: block; width: 100%; min-height: 72px; margin: 0 0 24px; border: 0; border-radius: 14px;
    background: #ffb4ab; color: #3b0907; font: inherit; font-size: 24px; font-weight: 700; cursor: pointer; }
  button.small { min-height: 56px; margin: 0 0 12px; background: #262b34; color: #f2f4f7; border: 1px solid #5c6675; font-size: 18px; font-weight: 500; }
  .two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 12px; }
  details { margin: 0 0 24px; }
  summary { padding: 14px 0; cursor: pointer; color: #a8c7fa; }
  input { width: 100%; min-height: 56px; margin: 0 0 12px; padding: 0 16px; border: 1px solid #5c6675; border-radius: 14px; background: #171a20;
    color: #f2f4f7; font: inherit; }
  label { display: block; margin: 0 0 6px; }
  .refused { margin: 0 0 24px; padding: 18px 20px; border-radius: 14px; background: #4a2c00; color: #ffddb3; }
  button:focus-visible, summary:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid #ffffff; outline-offset: 3px; }
  .done { margin: 0 0 24px; padding: 18px 20px; border-radius: 14px; background: #123524; color: #c8f7d8; font-size: 20px; font-weight: 600; }
  .facts { margin: 0 0 24px; overflow-wrap: anywhere; color: #d5dae1; }
  .facts a { display: inline-block; padding: 6px 0; }
  a { color: #a8c7fa; }
  nav a { display: block; padding: 14px 0; font-size: 20px; }`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

export interface AcknowledgeView {
  readonly page: PageState;
  /** The page's text, in the reader's time zone. */
  readonly facts: string;
  /** Title of whoever has the page, and their time zone or the reader's. */
  readonly acknowledgedBy: string | null;
  readonly timeZone: string;
  /** Title of the reader. */
  readonly reader: string;
  readonly url: string;
  /** What was done, or why it was not, by the button that was pressed. */
  readonly notice?: { readonly text: string; readonly refused: boolean };
}

/** What the link of a page shows: one big button while nobody has it, who has it and since when after that; smaller ones below. */
export function acknowledgePage(view: AcknowledgeView): Reply {
  const { page, facts, url, notice } = view;
  const told = notice === undefined ? '' : `<p class="${notice.refused ? 'refused' : 'done'}" role="status">${escapeHtml(notice.text)}</p>`;
  const incident = page.incident === null ? '' : `<a href="${url}/incidents/${encodeURIComponent(page.incident)}">Open the incident</a>`;
  return html(
    200,
    page.subject,
    `<p class="service">${escapeHtml(page.service ?? 'nines')}</p>
<h1>${escapeHtml(page.subject)}</h1>
${told}${stands(view)}
<div class="facts">${textHtml(facts)}</div>
${otherAnswers(page)}
<nav>${incident}<a href="${url}/pages/${page.id}">Open the page</a></nav>`,
  );
}

function stands({ page, acknowledgedBy, timeZone, reader }: AcknowledgeView): string {
  const at = (time: number | null): string => localTime(time ?? 0, timeZone, true);
  if (page.state === 'triggered')
    return `<form method="post"><button type="submit">Acknowledge</button></form><p>You answer as ${escapeHtml(reader)}. It stops the calls to others.</p>`;
  const by = acknowledgedBy === null ? '' : ` Acknowledged by ${escapeHtml(acknowledgedBy)} at ${at(page.acknowledgedAt)}.`;
  const over = page.state === 'resolved' ? ` Resolved at ${at(page.resolvedAt)}.` : '';
  const snoozed = page.snoozedUntil === null ? '' : ` Snoozed until ${at(page.snoozedUntil)}: it comes back then.`;
  const take = page.snoozedUntil === null ? '' : '<form method="post"><button class="small" type="submit">Take it up now</button></form>';
  return `<p class="done" role="status">${`${over}${by}${snoozed}`.trim()}</p>${take}`;
}

/** Behind one tap more, so that none of them is hit by mistake. */
function otherAnswers(page: PageState): string {
  if (page.state === 'resolved') return '';
  const button = (name: string, value: string, label: string): string =>
    `<button class="small" type="submit" name="${name}" value="${value}">${label}</button>`;
  const snoozes = [['30m', '30 minutes'], ['1h', '1 hour'], ['4h', '4 hours'], ['12h', '12 hours']] as const; // prettier-ignore
  return `<details><summary>Other answers: snooze, escalate, not mine, resolve</summary>
<form method="post"><p>Snooze: it comes back after</p><div class="two">${snoozes.map(([value, label]) => button('snooze', value, label)).join('')}</div></form>
<form method="post">${button('answer', 'escalate', 'Escalate: call the next person now')}${button('answer', 'not-mine', 'Not mine: call someone else')}</form>
<form method="post"><label for="reason">It is over, because</label><input id="reason" name="reason" required maxlength="500">${button('answer', 'resolve', 'Resolve')}</form>
</details>`;
}

/** A link that never was, or whose page was resolved long ago. */
export const deadLinkPage = (url: string): Reply =>
  html(
    404,
    'This link is over',
    `<h1>This link is over</h1><p>It ends seven days after its page is resolved. Nothing was acknowledged.</p>
<nav><a href="${url}/">Are we OK?</a></nav>`,
  );

/** A page as plain as that of a link, for what else a message may link to; `body` is HTML. */
export const plainPage = (title: string, body: string): Reply => html(200, title, body);

const html = (status: number, title: string, body: string): Reply =>
  reply(
    status,
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}
</style></head><body><main>${body}</main></body></html>`,
    HEADERS,
  );
