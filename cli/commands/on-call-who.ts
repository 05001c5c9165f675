import type { OnCallWho } from '../../src/oncall/who/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { ago, localTime } from '../format.ts';
import { cleanLine } from '../style.ts';

/** `nines oncall who payments`: whom to call about it, now and next. Exits with 1 where it is nobody. */
export async function whoToCall(context: Context, about: string): Promise<number> {
  const { client, json, printJson, say, paint, terminal } = context;
  const answer = await client.get<OnCallWho>('/nines/v1/oncall/who', { about });
  const { found, policy, team, steps, until, problem, alternatives } = answer;
  const code = steps.length === 0 ? EXIT_NO : EXIT_OK;
  if (json) {
    printJson(answer);
    return code;
  }
  if (found !== null) {
    const by = policy === null ? '' : `, by the policy ${policy}`;
    const name = found.title === found.name ? found.name : `${found.title} (${found.name})`;
    say(`${paint('bold', cleanLine(name))}  ${paint('dim', `${found.kind}${by}${team === null ? '' : `, team ${team.title}${team.channel === null ? '' : ` ${team.channel}`}`}`)}`); // prettier-ignore
  }
  if (problem !== null) say(paint('red', cleanLine(problem)));
  context.table(
    [
      { head: 'CALLED', cell: ({ at }) => (Date.parse(at) <= Date.parse(answer.at) ? 'now' : ago(at, Date.parse(answer.at))) },
      { head: 'AT', cell: ({ at }) => localTime(at, terminal.timeZone) },
      { head: 'WHO', flexible: true, cell: ({ people, oneOf }) => `${oneOf ? 'one of ' : ''}${people.map(({ title }) => title).join(', ')}` },
      { head: 'THEIR TIME', cell: ({ at, people }) => (people.length === 1 ? `${localTime(at, people[0]!.timeZone).slice(11)} ${people[0]!.timeZone}` : '') },
    ],
    steps,
    'Nobody would be called.',
  );
  if (until !== null) say(paint('dim', `Until ${localTime(until, terminal.timeZone)} (${ago(until, context.now)}).`));
  if (alternatives.length > 0) say(paint('dim', `Or did you mean ${alternatives.map(({ kind, name }) => `the ${kind} ${name}`).join(', ')}?`)); // prettier-ignore
  return code;
} // prettier-ignore
