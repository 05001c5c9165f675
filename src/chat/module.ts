import type { Route } from '../platform/http/index.ts';
import type { ChatSettings } from './chat-settings.ts';
import { createChatDesk, type DeskDeps } from './desk.ts';
import { chatRoutes } from './routes.ts';

export interface ChatDeps extends Omit<DeskDeps, 'rules'> {
  readonly settings: ChatSettings;
}

export interface Chat {
  readonly routes: readonly Route[];
}

/** Commands in every chat, and what they answer. */
export function createChat(given: ChatDeps): Chat {
  const { people, strangers } = given.settings;
  const deps: DeskDeps = { ...given, rules: { people, strangers } };
  const desk = createChatDesk(deps);
  return { routes: chatRoutes(deps, desk) };
}
