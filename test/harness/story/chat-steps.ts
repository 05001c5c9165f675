/** What stories in chat can say, whatever they are about. */
import { expect } from 'vitest';
import type { ChatName } from '../../../src/catalog/index.ts';
import type { ChatAnswer } from '../../../src/chat/answer.ts';
import type { Role, Route } from '../../../src/platform/http/index.ts';
import { deskOf } from './chat-desk.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

interface Talk {
  strangers: 'none' | 'viewer';
  /** Of those who have an account; the others may what the settings say. */
  readonly roles: Map<string, Role>;
  last?: ChatAnswer;
  /** What the process has beside on-call, incidents and changes. */
  readonly routes: Route[];
}

const talks = new WeakMap<World, Talk>();
export const talkOf = (world: World): Talk => {
  const talk = talks.get(world) ?? { strangers: 'none', roles: new Map(), routes: [] };
  talks.set(world, talk);
  return talk;
};

async function say(world: World, who: string, chat: ChatName, text: string, about: string | null): Promise<void> {
  const talk = talkOf(world);
  const desk = await deskOf(world, talk);
  const id = world.set.get<{ chat?: Record<string, string> }>('Person', who)?.spec.chat?.[chat] ?? who;
  talk.last = await desk.hear({ chat, id, name: who }, { text, about });
  await world.settle();
}

export const CHAT_STEPS: [RegExp, Step][] = [
  [/^(\S+) says in (\S+): (.*)$/, (world, [, who, chat, text]) => say(world, who!, chat as ChatName, text!, null)],
  [/^(\S+) presses '(.*)' below the answer in (\S+)$/, (world, [, who, label, chat]) => {
    const button = talkOf(world).last?.buttons.find((one) => one.label === label);
    expect(button, `the answer has ${JSON.stringify(talkOf(world).last?.buttons)}`).toBeDefined();
    return say(world, who!, chat as ChatName, button!.command, null);
  }],
  [/^(\S+) presses (\S+) in (\S+)$/, async (world, [, who, text, chat]) => say(world, who!, chat as ChatName, text!, (await world.lastPage()).id)],
  [/^expect the answer says nothing of (.*)$/, (world, [, text]) => expect(talkOf(world).last?.text).not.toContain(text)],
  [/^expect the answer says (.*)$/, (world, [, text]) => expect(talkOf(world).last?.text).toContain(text)],
  [/^expect only the speaker sees: (.*)$/, (world, [, text]) => {
    expect(talkOf(world).last?.text).toContain(text);
    expect(talkOf(world).last?.quiet).toBe(true);
  }],
  [/^strangers may read$/, (world) => void (talkOf(world).strangers = 'viewer')],
  [/^(\S+) may only look$/, (world, [, who]) => void talkOf(world).roles.set(`${who}@example.org`, 'viewer')],
]; // prettier-ignore
