/** A picture in an answer. */
export interface Picture {
  readonly title: string;
  /** The page with it, for people. */
  readonly page: string;
  /** The PNG: whoever has this address sees it, so that a chat's server can fetch it. */
  readonly image: string;
  /** The PNG itself, for chats that take a file. */
  png(): Promise<Buffer>;
}

/** What to press, and the command that it stands for. */
export interface Button {
  readonly label: string;
  readonly command: string;
}

/** What is said to a command: plain text, short, each way dresses it in its own. */
export interface ChatAnswer {
  readonly text: string;
  /** For whoever asked alone, where the chat can: errors, help. */
  readonly quiet: boolean;
  readonly pictures: readonly Picture[];
  readonly buttons: readonly Button[];
}

type More = Partial<Omit<ChatAnswer, 'text'>>;

export const answer = (text: string | readonly string[], more: More = {}): ChatAnswer => ({
  text: typeof text === 'string' ? text : text.filter((line) => line !== '').join('\n'),
  quiet: false,
  pictures: [],
  buttons: [],
  ...more,
});

/** What only whoever asked needs to see. */
export const quietly = (text: string | readonly string[], more: More = {}): ChatAnswer => answer(text, { quiet: true, ...more });
