/** Something in a template that can't be read, or can't be worked out, in Go's words. */
export class TemplateError extends Error {
  /** Where in the template's text, in characters. */
  readonly pos: number | undefined;

  constructor(message: string, pos?: number) {
    super(message);
    this.pos = pos;
  }
}
