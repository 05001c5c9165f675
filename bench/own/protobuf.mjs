// What remote write's messages are made of: protobuf's variable-length numbers and length-delimited fields, and the labels of a series.

export const varint = (n) => {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
};

export const field = (number, content) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
};

/** The labels of a TimeSeries, by name. */
export const head = (labels) =>
  Buffer.concat(
    Object.entries(labels)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => field(1, Buffer.concat([field(1, name), field(2, value)]))),
  );
