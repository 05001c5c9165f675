import type { SharedGraphDetail } from '../../monitoring/graphs/contract.ts';
import { badRequest } from '../../platform/problem.ts';
import { answer, type ChatAnswer, type Picture } from '../answer.ts';
import type { Command } from '../language/command.ts';
import { clockTime, oneLine, type Speech } from '../speech.ts';
import { type Drawing, graphsOf } from './graph-of.ts';

const GRAPHS = '/nines/v1/graphs';

/** Pictures with permanent links: what is seen now is what the link shows next year. */
export async function graph(speech: Speech, { graph: meant, from, to }: Extract<Command, { verb: 'graph' }>): Promise<ChatAnswer> {
  const pictures: Picture[] = [];
  const lines: string[] = [];
  for (const drawing of await graphsOf(speech, meant, to - from)) {
    const shared = await share(speech, drawing, from, to);
    const empty = shared.series.length === 0 ? ' · no data' : '';
    lines.push(`${oneLine(shared.title, 120)} · ${clockTime(from, speech)} to ${clockTime(to, speech)} ${speech.timeZone}${empty}`, shared.url); // prettier-ignore
    pictures.push(pictureOf(speech, shared));
  }
  return answer(lines, { pictures });
}

async function share({ post }: Speech, drawing: Drawing, from: number, to: number): Promise<SharedGraphDetail> {
  const times = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const shared = await post<SharedGraphDetail>(GRAPHS, { ...drawing, ...times, public: true, note: 'Asked for in chat.' });
  if (shared.problem !== null) throw badRequest(`There is no graph: ${shared.problem}`);
  return shared;
}

const pictureOf = ({ get, url }: Speech, { id, title }: SharedGraphDetail): Picture => ({
  title,
  page: `${url}/graphs/${id}`,
  image: `${url}${GRAPHS}/${id}/graph.png`,
  png: () => get<Buffer>(`${GRAPHS}/${id}/graph.png`),
});
