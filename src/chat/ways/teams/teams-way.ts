import { createHmac } from 'node:crypto';
import { type Route, route } from '../../../platform/http/index.ts';
import type { ChatAnswer } from '../../answer.ts';
import { FRESH_SECONDS, headerOf, notFromChat, objectIn, same, type WayDeps, WAY_BODY_LIMIT, wordIn } from '../way.ts';

/**
 * Outgoing webhooks of Microsoft Teams: a mention of `@nines` in a channel. Signed with the security token that Teams showed when
 * the webhook was made (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook);
 * the answer has five seconds, and everyone in the channel sees it.
 */
export function teamsWay(secrets: readonly string[], deps: WayDeps): Route {
  return route({
    method: 'POST',
    path: '/nines/v1/chat/teams',
    access: 'public',
    summary: "Microsoft Teams' outgoing webhooks, signed by Teams",
    bodyAs: 'raw',
    bodyLimit: WAY_BODY_LIMIT,
    async handler({ headers, body }) {
      const bytes = body as Buffer;
      const given = headerOf(headers, 'authorization');
      if (secrets.map((secret) => same(given, signTeams(bytes, secret))).every((right) => !right)) throw notFromChat('Teams');
      const activity = objectIn(bytes.toString('utf8')) as unknown as Activity;
      // The signature holds for ever: its time, which is signed too, does not.
      const sentAt = Date.parse(wordIn(activity.timestamp));
      if (Number.isNaN(sentAt) || Math.abs(deps.clock.now() - sentAt) > FRESH_SECONDS * 1000) throw notFromChat('Teams');
      let answer: ChatAnswer | undefined;
      await deps.heard.once('teams', wordIn(activity.id), async () => {
        const { aadObjectId, id, name } = activity.from ?? {};
        const speaker = { chat: 'teams' as const, id: wordIn(aadObjectId ?? id), name: wordIn(name) };
        answer = await deps.desk.hear(speaker, { text: textOf(activity) });
      });
      return { type: 'message', textFormat: 'plain', text: answer === undefined ? 'That was done already.' : shown(answer) };
    },
  });
}

interface Activity {
  readonly id?: unknown;
  readonly timestamp?: unknown;
  readonly text?: unknown;
  readonly from?: { readonly id?: unknown; readonly aadObjectId?: unknown; readonly name?: unknown };
}

export const signTeams = (body: Buffer, secret: string): string =>
  `HMAC ${createHmac('sha256', Buffer.from(secret, 'base64')).update(body).digest('base64')}`;

/** `<at>nines</at> oncall payments`, with the marks of a text that someone formatted. */
const textOf = ({ text }: Activity): string =>
  wordIn(text)
    .slice(0, 20_000)
    .replaceAll(/<at>[^<]{0,200}<\/at>/g, ' ')
    .replaceAll(/<[^<>]{0,500}>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&quot;', '"')
    .trim();

const shown = ({ text, pictures, buttons }: ChatAnswer): string =>
  [text, ...pictures.map(({ image }) => image), ...(buttons.length === 0 ? [] : [`Then: ${buttons.map(({ command }) => command).join(' · ')}`])].join('\n\n'); // prettier-ignore
