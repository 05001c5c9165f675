import { createHmac } from 'node:crypto';
import type { Message } from '../messages/index.ts';

/** A button below a message, and the command that pressing it says: for chats whose answers come back to nines. */
export interface AnswerButton {
  readonly label: string;
  readonly command: string;
}

const CALLS = new Set(['page', 'escalation', 'ticket']);
const PAGE = /^page\/([0-9a-z]{1,40})$/;

/** Whether someone is called by it, and no news of it are told. */
export const isCall = ({ reason }: Pick<Message, 'reason'>): boolean => CALLS.has(reason);

/** What a page can be answered with, in the words that people would type. */
export function answerButtons(message: Pick<Message, 'about' | 'reason'>): AnswerButton[] {
  const id = PAGE.exec(message.about ?? '')?.[1];
  if (id === undefined || !isCall(message)) return [];
  return [
    { label: 'Acknowledge', command: `ack #${id}` },
    { label: 'Snooze 30m', command: `snooze #${id} 30m` },
    { label: 'Not mine', command: `notmine #${id}` },
    { label: 'Escalate', command: `escalate #${id}` },
    { label: 'Resolve', command: `resolve #${id}` },
  ];
}

/** Where a chat signs nothing: that nines made the button. */
export const signCommand = (command: string, token: string): string =>
  createHmac('sha256', token).update(`button:${command}`).digest('hex');
