/** What is told to a sender when not everything could be taken. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** `ExportMetricsServiceResponse` as protobuf: empty when all was taken. */
export function encodeResponse(partial: PartialSuccess | undefined): Buffer {
  if (!partial) return Buffer.alloc(0);
  const message = Buffer.from(partial.message);
  const inner = Buffer.concat([
    ...(partial.rejected > 0 ? [Buffer.from([8]), varint(partial.rejected)] : []),
    Buffer.from([18]),
    varint(message.length),
    message,
  ]);
  return Buffer.concat([Buffer.from([10]), varint(inner.length), inner]);
}

/** The same as JSON. */
export const responseJson = (partial: PartialSuccess | undefined): object =>
  partial ? { partialSuccess: { rejectedDataPoints: String(partial.rejected), errorMessage: partial.message } } : {};

/** `google.rpc.Status` as protobuf, for an error over HTTP. */
export function encodeStatus(code: number, text: string): Buffer {
  const message = Buffer.from(text);
  return Buffer.concat([Buffer.from([8]), varint(code), Buffer.from([18]), varint(message.length), message]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
