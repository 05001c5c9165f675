/** One number of a document, on its way to an exposition. */
export interface JsonSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
