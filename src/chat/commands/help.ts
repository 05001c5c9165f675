import { type ChatAnswer, quietly } from '../answer.ts';
import { HELP } from '../language/command.ts';

export function help(about: string | null): ChatAnswer {
  const one = HELP.find(({ verb }) => verb === about);
  if (one !== undefined) return quietly([`${one.usage} – ${one.about}`, ...one.examples.map((example) => `  ${example}`)]);
  return quietly([...HELP.map(({ usage, about }) => `${usage} – ${about}`), 'help <command> for examples']);
}
