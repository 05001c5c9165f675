import { expandNotification, TemplateError, type Data, type Definitions } from '../template/index.ts';
import type { NotificationData } from './notification-data.ts';
import { templateData } from './template-data.ts';

export interface WordsDeps {
  /** Alertmanager's own templates, and those of the files that alertmanager.yml names. */
  readonly definitions: Definitions;
  /** Milliseconds. */
  readonly now: number;
}

/** Works out what the fields of one receiver say of one group. What can't be worked out is noted, and its fallback told. */
export class Words {
  readonly data: NotificationData;
  /** `title: at <.Nothing>: …`, one for each field. */
  readonly problems: string[] = [];
  readonly #deps: WordsDeps;
  #dot: Data | undefined;

  constructor(data: NotificationData, deps: WordsDeps) {
    this.data = data;
    this.#deps = deps;
  }

  /** A field that isn't given is its fallback. */
  of(field: string, given: string | null | undefined, fallback = '', escape = false): string {
    if (given == null) return fallback;
    if (!given.includes('{{')) return given;
    this.#dot ??= templateData(this.data);
    try {
      return expandNotification(given, this.#dot, { ...this.#deps, escape });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.problems.push(`${field}: ${error.message}`);
      return fallback;
    }
  }

  /** As HTML: what the alerts say is escaped. */
  html(field: string, given: string): string {
    return this.of(field, given, '', true);
  }

  /** Those of the fields that are given and say something, by the provider's name of each. */
  given(fields: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
    const said = Object.entries(fields).map(([name, template]) => [name, this.of(name, template)] as const);
    return Object.fromEntries(said.filter(([, text]) => text !== ''));
  }
}
