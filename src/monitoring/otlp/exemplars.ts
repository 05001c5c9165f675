import type { ProtobufReader } from '../protobuf-reader.ts';
import type { Exemplar } from '../series.ts';
import { double, milliseconds, readAttributes, readBytes, signed64 } from './attributes.ts';
import { labelsOf } from './resource.ts';
import type { OtlpSettings } from './settings.ts';

/** As OpenMetrics has it. */
const LONGEST = 128;

/** Reads the exemplar between two places, for whichever series `idOf` its value belongs to. Undefined where it says too much. */
export function readExemplar(
  reader: ProtobufReader,
  from: number,
  to: number,
  idOf: (value: number) => number,
  settings: OtlpSettings,
): Exemplar | undefined {
  const after = reader.at;
  const outer = reader.enterAt(from, to);
  let value = 0;
  let time = 0;
  let trace = '';
  let span = '';
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 17) time = milliseconds(reader);
    else if (tag === 25) value = double(reader);
    else if (tag === 49) value = signed64(reader);
    else if (tag === 34) span = readBytes(reader).toString('hex');
    else if (tag === 42) trace = readBytes(reader).toString('hex');
    else reader.skip(tag);
  }
  reader.leave(outer, after);
  const ids = { ...(trace && { trace_id: trace }), ...(span && { span_id: span }) };
  const all = { ...labelsOf(readAttributes(reader, from, to, 58), settings), ...ids };
  // The ids are what an exemplar is for: the attributes go first when there is no room.
  const labels = sizeOf(all) <= LONGEST ? all : ids;
  return sizeOf(labels) <= LONGEST ? { id: idOf(value), labels, value, time } : undefined;
}

const sizeOf = (labels: Readonly<Record<string, string>>): number =>
  Object.entries(labels).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
