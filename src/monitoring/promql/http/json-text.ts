/** JSON that is not put together yet: a string, or its bytes in pieces where it is long. */
export type Json = string | readonly Buffer[];

/** Characters after which a text becomes bytes: strings made of millions of parts weigh many times what they say. */
const PIECE = 256 * 1024;

/** Takes text part by part. */
export class JsonText {
  private text = '';
  private readonly pieces: Buffer[] = [];

  add(text: string): void {
    this.text += text;
    if (this.text.length < PIECE) return;
    this.pieces.push(Buffer.from(this.text));
    this.text = '';
  }

  /** The whole, between two texts more. */
  wrap(before: string, after: string): Json {
    return between(before, this.pieces.length === 0 ? this.text : [...this.pieces, Buffer.from(this.text)], after);
  }
}

export const between = (before: string, json: Json, after: string): Json =>
  typeof json === 'string' ? before + json + after : [Buffer.from(before), ...json, Buffer.from(after)];

/** Ready to be sent. */
export const join = (json: Json): string | Buffer => (typeof json === 'string' ? json : Buffer.concat(json));
