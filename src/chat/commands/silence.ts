import { badRequest, conflict, notFound } from '../../platform/problem.ts';
import { answer, type ChatAnswer } from '../answer.ts';
import type { SilenceCommand } from '../language/command.ts';
import { clockTime, findNamed, oneLine, type Speech, titleOf } from '../speech.ts';

const SILENCES = '/nines/v1/silences';

interface Matcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}
interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly endsAt: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly state: 'active' | 'pending' | 'expired';
  /** How many alerts it holds back now. */
  readonly holds: number;
}

export async function silence(speech: Speech, command: SilenceCommand): Promise<ChatAnswer> {
  switch (command.action) {
    case 'list':
      return listThem(speech);
    case 'end': {
      const one = await find(speech, command.id);
      await speech.post(`${SILENCES}/${one.id}/expire`);
      return answer(`Ended: ${described(one)}. What it held back is told now.`);
    }
    default: {
      const endsAt = new Date(speech.now + command.forMs).toISOString();
      const matchers = matchersOf(speech, command.what);
      const startsAt = new Date(speech.now).toISOString();
      const body = { matchers, startsAt, endsAt, reason: command.reason };
      const { silence: made, warnings } = await speech.post<{ silence: Silence; warnings: string[] }>(SILENCES, body);
      const held = made.holds === 0 ? '' : `It holds back ${made.holds} now.`;
      return answer([`Silenced until ${clockTime(made.endsAt, speech)}: ${described(made)} (${shortId(made)})`, held, ...warnings], {
        buttons: [{ label: 'End it', command: `silence end ${shortId(made)}` }],
      });
    }
  }
}

const shortId = ({ id }: Silence): string => id.slice(-6);
const described = ({ matchers, reason }: Silence): string =>
  `${matchers.map(({ name, op, value }) => `${name}${op}${value}`).join(', ')} – ${oneLine(reason, 80)}`;

const all = async ({ get }: Speech): Promise<Silence[]> =>
  (await get<{ silences: Silence[] }>(SILENCES)).silences.filter(({ state }) => state !== 'expired');

async function listThem(speech: Speech): Promise<ChatAnswer> {
  const found = await all(speech);
  if (found.length === 0) return answer('Nothing is silenced.');
  const lines = found.slice(0, 10).map((one) => `${shortId(one)} until ${clockTime(one.endsAt, speech)}: ${described(one)} · ${titleOf(speech.set, one.createdBy)}`); // prettier-ignore
  if (found.length > 10) lines.push(`and ${found.length - 10} more: ${speech.url}/silences`);
  return answer(lines);
}

async function find(speech: Speech, id: string): Promise<Silence> {
  const found = (await all(speech)).filter((one) => one.id.endsWith(id));
  if (found.length > 1) throw conflict(`Several silences end with '${id}': write more of it.`);
  if (found[0] === undefined) throw notFound('silence', id);
  return found[0];
}

const MATCHER = /^([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"?(.*?)"?$/;

/** `service`, or an alert's name, or matchers as Alertmanager's: `alertname=Slow, env=~"prod|test"`. */
function matchersOf({ set }: Speech, what: string): Matcher[] {
  const text = what.replace(/^\{(.*)\}$/, '$1');
  if (!/[=~]/.test(text)) {
    const service = findNamed(set, ['Service'], text.trim())?.name;
    return [{ name: service === undefined ? 'alertname' : 'service', op: '=', value: service ?? text.trim() }];
  }
  return splitMatchers(text).map((one) => {
    const [, name, op, value] = MATCHER.exec(one) ?? [];
    if (name === undefined || op === undefined) throw badRequest(`'${oneLine(one, 60)}' is no matcher: write service=checkout`);
    return { name, op: op as Matcher['op'], value: value ?? '' };
  });
}

/** At commas outside of quotes. */
function splitMatchers(text: string): string[] {
  const parts = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === ',' && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
