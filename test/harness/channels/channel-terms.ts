/** The channels, a row each. What is added to create-channels.ts is added here: the contract test compares the two. */
import path from 'node:path';
import { createCommandChannel } from '../../../src/delivery/channels/command/command-channel.ts';
import { createDiscordChannel } from '../../../src/delivery/channels/discord/discord-channel.ts';
import { startDiscordDouble } from '../../../src/delivery/channels/discord/discord-double.ts';
import { createEmailChannel } from '../../../src/delivery/channels/email/email-channel.ts';
import { createIrcChannel } from '../../../src/delivery/channels/irc/irc-channel.ts';
import { createMatrixChannel } from '../../../src/delivery/channels/matrix/matrix-channel.ts';
import { startMatrixDouble } from '../../../src/delivery/channels/matrix/matrix-double.ts';
import { createMattermostChannel } from '../../../src/delivery/channels/mattermost/mattermost-channel.ts';
import { startMattermostDouble } from '../../../src/delivery/channels/mattermost/mattermost-double.ts';
import { createNtfyChannel } from '../../../src/delivery/channels/ntfy/ntfy-channel.ts';
import { startNtfyDouble } from '../../../src/delivery/channels/ntfy/ntfy-double.ts';
import { createOpsgenieChannel } from '../../../src/delivery/channels/opsgenie/opsgenie-channel.ts';
import { startOpsgenieDouble } from '../../../src/delivery/channels/opsgenie/opsgenie-double.ts';
import { createPagerDutyChannel } from '../../../src/delivery/channels/pagerduty/pagerduty-channel.ts';
import { startPagerDutyDouble } from '../../../src/delivery/channels/pagerduty/pagerduty-double.ts';
import { createPushChannel } from '../../../src/delivery/channels/push/push-channel.ts';
import { createDevice } from '../../../src/delivery/channels/push/push-device.ts';
import { createPushoverChannel } from '../../../src/delivery/channels/pushover/pushover-channel.ts';
import { startPushoverDouble } from '../../../src/delivery/channels/pushover/pushover-double.ts';
import { createSlackChannel } from '../../../src/delivery/channels/slack/slack-channel.ts';
import { startSlackDouble } from '../../../src/delivery/channels/slack/slack-double.ts';
import { createTeamsChannel } from '../../../src/delivery/channels/teams/teams-channel.ts';
import { startTeamsDouble } from '../../../src/delivery/channels/teams/teams-double.ts';
import { createTelegramChannel } from '../../../src/delivery/channels/telegram/telegram-channel.ts';
import { startTelegramDouble } from '../../../src/delivery/channels/telegram/telegram-double.ts';
import { createSmsChannel, createVoiceChannel } from '../../../src/delivery/channels/twilio/twilio-channel.ts';
import { startTwilioDouble } from '../../../src/delivery/channels/twilio/twilio-double.ts';
import { createVictorOpsChannel } from '../../../src/delivery/channels/victorops/victorops-channel.ts';
import { startVictorOpsDouble } from '../../../src/delivery/channels/victorops/victorops-double.ts';
import { createWebexChannel } from '../../../src/delivery/channels/webex/webex-channel.ts';
import { startWebexDouble } from '../../../src/delivery/channels/webex/webex-double.ts';
import { createWebhookChannel } from '../../../src/delivery/channels/webhook/webhook-channel.ts';
import type { Sql } from '../../../src/platform/sql/index.ts';
import { hasIrcServer } from './irc-network.ts';
import { hasSynapse, MATRIX_ROOM, startMatrixServer } from './matrix-server.ts';
import { NTFY_TOPIC, ntfyServer, startNtfyServer } from './ntfy-server.ts';
import { ofDouble, startIrcListener, startMailServer, startReceiver, startSiren } from './other-sides.ts';
import { startBrowser, startSubscribedPhone, subscribe } from './push-sides.ts';
import type { Given, Terms } from './terms.ts';

const PAGE = '01hx7a2b3c4d5e6f7g8h';
export const PAGE_LINK = `https://nines.example.org/pages/${PAGE}`;
export const ACK_LINK = 'https://nines.example.org/a/k7f3secret-~x9q2w8e4r6t1y5';
export const ABOUT = `page/${PAGE}`;
const ANSWERS = [`ack #${PAGE}`, `snooze #${PAGE} 30m`, `notmine #${PAGE}`, `escalate #${PAGE}`, `resolve #${PAGE}`];

const NTFY_BUTTONS = [`POST ${ACK_LINK}`, `POST ${ACK_LINK} snooze=30m`, `POST ${ACK_LINK} answer=not-mine`];
const AS_SERVER = 'https://nines.example.org';
const BUTTONS = { url: `${AS_SERVER}/nines/v1/chat/mattermost`, token: 't' };
const ROOM = 'Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0';
const account = ({ url, token }: Given) => ({
  url,
  accountSid: 'AC0123456789abcdef0123456789abcdef',
  authToken: token,
  from: '+15005550006',
});
const calledBack = (given: Given) => ({ ...given, callbacks: `${AS_SERVER}/nines/v1/twilio` });
const mailTimeouts = ({ timeoutMs }: Given) => ({
  connectMs: timeoutMs,
  greetingMs: timeoutMs,
  commandMs: timeoutMs,
  overallMs: timeoutMs,
});
/** In no alphabet of a telephone's: what has a likeness there is written so. */
const asSms = (text: string): string => text.replaceAll('`', "'").replaceAll('–', '-');

/** `sql` is where browsers are kept. */
export function channelTerms(sql: () => Sql): Record<string, Terms> {
  let siren = '';
  let topicToken = '';
  let accountToken = '';
  const byPush: Omit<Terms, 'start' | 'answer'> = {
    make: (given) => createPushChannel({ services: [given.url] }, { ...given, sql: sql(), url: AS_SERVER }),
    // Of the person's browsers, those that have this name.
    address: (url) => (sides.get(Number(new URL(url).port)) ? 'other' : 'phone'),
    prepare: (port) => (sides.set(port, true), subscribe(sql(), { endpoint: `http://127.0.0.1:${port}/w`, label: 'other', ...createDevice().keys }).then(() => undefined)),
    token: 'none', key: true, links: 2, answers: ['acknowledge'], anything: 'really',
  };
  return {
    'e-mail': {
      start: startMailServer,
      make: (given) => createEmailChannel({ host: '127.0.0.1', port: given.port, from: 'nines <nines@example.org>', user: 'nines', password: given.token }, { ...given, timeouts: mailTimeouts(given) }),
      address: () => 'ana@example.org', token: 'settings', answer: /^250/, key: true, links: 2, invites: 'Or answer this mail: ack, snooze 30m', whole: true, protocol: 'smtp',
    },
    webhook: { start: startReceiver, make: (given) => createWebhookChannel({ secret: given.token }, given), address: (url, token) => `${url}/hook/${token}`, token: 'address', answer: /^200 OK: thanks$/, delivered: true, key: true, links: 2, whole: true, asks: 7_000, anything: 'really' },
    'a command': {
      start() {
        const side = startSiren();
        siren = side.folder;
        return Promise.resolve(side);
      },
      make: ({ timeoutMs }) => createCommandChannel({ siren: ['/bin/sh', path.join(siren, 'siren'), siren], nobody: ['/bin/sh', '-c', 'exit 67'], hang: ['/bin/sh', '-c', 'sleep 60 & sleep 60'] }, { timeoutMs }),
      address: () => 'siren', hanging: 'hang', token: 'none', answer: /^exit 0: rang$/, delivered: true, key: true, links: 2, whole: true,
    },
    'Web Push': { ...byPush, start: () => startBrowser(sql()), answer: /^phone: 201 Created$/, asks: 30_000 },
    ...(ntfyServer && { 'a push service': { ...byPush, start: () => startSubscribedPhone(sql()), answer: /^phone: 200 OK$/ } }),
    ntfy: { start: () => ofDouble(startNtfyDouble()), make: (given) => createNtfyChannel({ server: given.url, token: `tk_${given.token}` }, given), address: () => 'ana-pages', token: 'settings', answer: /^id hwQ2YpKdmg$/, key: true, links: 2, answers: NTFY_BUTTONS },
    ...(ntfyServer && { 'an ntfy server': { start: () => startNtfyServer((token) => (topicToken = token)), make: (given: Given) => createNtfyChannel({ server: given.url, token: given.token === 'right' ? topicToken : 'tk_wrong' }, given), address: () => NTFY_TOPIC, token: 'settings', answer: /^id \w+$/, key: ntfyServer.replaces, links: 2, answers: NTFY_BUTTONS } }),
    'SMS': { start: () => ofDouble(startTwilioDouble('Messages')), make: (given) => createSmsChannel(account(given), calledBack(given)), address: () => '+4930123456', token: 'settings', answer: /^SM1 queued$/, key: false, links: 1, reads: asSms, asks: 3_000 },
    'a call': { start: () => ofDouble(startTwilioDouble('Calls')), make: (given) => createVoiceChannel(account(given), calledBack(given)), address: () => '+4930123456', token: 'settings', answer: /^CA1 queued$/, key: false, links: 0, titleOnly: true, invites: 'Press 1 to acknowledge, 2 if it is not yours', asks: 3_000 },
    'Slack as a bot': { start: () => ofDouble(startSlackDouble('bot')), make: (given) => createSlackChannel({ url: `${given.url}/api`, token: `xoxb-${given.token}`, signingSecret: 's' }, given), address: () => '#ops', token: 'settings', answer: /^ts 1503435956\.000247$/, key: true, links: 2, answers: ANSWERS, asks: 30_000 },
    'Slack by a webhook': { start: () => ofDouble(startSlackDouble('hook')), make: (given) => createSlackChannel(undefined, given), address: (url, token) => `${url}/services/T000/B000/${token}`, token: 'address', answer: /^200 OK: ok$/, key: false, links: 2, asks: 30_000, anything: 'but no page' },
    Mattermost: { start: () => ofDouble(startMattermostDouble()), make: (given) => createMattermostChannel(given, BUTTONS), address: (url, token) => `${url}/hooks/${token === 'right' ? 'xxx-generatedkey-xxx' : token}`, token: 'address', answer: /^200 OK: ok$/, key: false, links: 2, answers: ANSWERS, asks: 1_000, anything: 'but no page' },
    Teams: { start: () => ofDouble(startTeamsDouble()), make: (given) => createTeamsChannel(given), address: (url, token) => `${url}/workflows/1/triggers/manual/paths/invoke?sig=${token}`, token: 'address', answer: /^202 Accepted$/, key: false, links: 2, asks: 12_000, anything: 'but no page' },
    'Discord as a bot': { start: () => ofDouble(startDiscordDouble('bot')), make: (given) => createDiscordChannel({ url: `${given.url}/api/v10`, token: given.token }, given), address: () => '223704706495545344', token: 'settings', answer: /^message 1000$/, key: true, links: 2, answers: ANSWERS, asks: 64_570 },
    'Discord by a webhook': { start: () => ofDouble(startDiscordDouble('hook')), make: (given) => createDiscordChannel(undefined, given), address: (url, token) => `${url}/api/webhooks/223704706495545344/${token === 'right' ? '3d89bb75' : token}`, token: 'address', answer: /^message 1$/, key: false, links: 2, asks: 64_570 },
    Telegram: { start: () => ofDouble(startTelegramDouble()), make: (given) => createTelegramChannel({ url: given.url, token: `123456:${given.token}`, poll: true }, given), address: () => '-1001234567890', token: 'settings', answer: /^message 365$/, key: false, links: 2, answers: ANSWERS, asks: 5_000 },
    Matrix: { start: () => ofDouble(startMatrixDouble()), make: (given) => createMatrixChannel({ homeserver: given.url, token: `syt_${given.token}` }, given), address: () => '!726s6s6q:example.org', token: 'settings', answer: /^\$YUwRidLecu:example\.org$/, key: true, links: 2, asks: 2_000 },
    ...(hasSynapse && { 'a Matrix server': { start: () => startMatrixServer((token) => (accountToken = token)), make: (given: Given) => createMatrixChannel({ homeserver: given.url, token: given.token === 'right' ? accountToken : 'syt_wrong' }, given), address: () => MATRIX_ROOM, token: 'settings', answer: /^\$/, key: true, links: 2 } }),
    ...(hasIrcServer() && { IRC: { start: startIrcListener, make: (given: Given) => createIrcChannel({ host: '127.0.0.1', port: given.port, tls: false, nick: 'nines', password: given.token }, { timeoutMs: given.timeoutMs, flood: { burst: 4, pauseMs: 5 } }), address: () => '#ops', token: 'settings', answer: /^\d+ lines to #ops$/, key: false, links: 2, protocol: 'irc' } }),
    PagerDuty: { start: () => ofDouble(startPagerDutyDouble()), make: (given) => createPagerDutyChannel({ url: given.url }, given), address: (_, token) => (token === 'right' ? 'R'.repeat(32) : token), token: 'address', answer: new RegExp(`^success, nines/${ABOUT}$`), key: true, links: 2, closes: /^resolve$/, asks: 9_000 },
    Opsgenie: { start: () => ofDouble(startOpsgenieDouble()), make: (given) => createOpsgenieChannel({ url: given.url, key: given.token }, given), address: () => 'team:payments', token: 'settings', answer: /^request 43a29c5c-/, key: true, links: 2, closes: /^closed/, asks: 4_000 },
    VictorOps: { start: () => ofDouble(startVictorOpsDouble()), make: (given) => createVictorOpsChannel({ url: given.url, key: given.token }, given), address: () => 'payments', token: 'settings', answer: new RegExp(`^success, nines/${ABOUT}$`), key: true, links: 2, closes: /^resolve /, asks: 6_000 },
    Pushover: { start: () => ofDouble(startPushoverDouble()), make: (given) => createPushoverChannel({ url: given.url, token: given.token === 'right' ? 'a'.repeat(30) : given.token }, given), address: () => 'u'.repeat(30), token: 'settings', answer: /^request /, key: false, links: 2, asks: 11_000 },
    Webex: { start: () => ofDouble(startWebexDouble()), make: (given) => createWebexChannel({ url: given.url, token: given.token }, given), address: () => ROOM, token: 'settings', answer: /^message Y2lz/, key: false, links: 2, asks: 8_000 },
  };
} // prettier-ignore

/** The ports at which someone else than the push service's double is subscribed to. */
const sides = new Map<number, true>();
