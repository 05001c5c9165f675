import { createHmac, randomBytes } from 'node:crypto';

/** Tells two secrets of this process apart, and says nothing of them. */
const KEY = randomBytes(32);

/** A value of a file that may be sent, and never shown: as JSON and as text it is a mark. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  reveal(): string {
    return this.#value;
  }

  /** Another value has another mark: a change is seen in a diff. */
  toJSON(): string {
    return `<secret ${createHmac('sha256', KEY).update(this.#value).digest('hex').slice(0, 8)}>`;
  }

  toString(): string {
    return '<secret>';
  }
}
