import type { Labels } from '../series.ts';
import type { Attribute } from './attributes.ts';
import { labelName } from './names.ts';
import type { OtlpSettings } from './settings.ts';

/** What all series of a resource have in common. */
export interface Resource {
  /** Names it in keys. */
  readonly number: number;
  /** `job`, `instance` and the promoted attributes. */
  readonly labels: Labels;
  /** The labels of its `target_info`; undefined where there is nothing to tell. */
  readonly info: Labels | undefined;
}

const IDENTITY = new Set(['service.name', 'service.namespace', 'service.instance.id']);

/** @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1 */
export function resourceOf(number: number, attributes: readonly Attribute[], settings: OtlpSettings): Resource {
  const given = new Map(attributes);
  const name = given.get('service.name');
  const namespace = given.get('service.namespace');
  const instance = given.get('service.instance.id');
  const identity: Attribute[] = [];
  if (name !== undefined) identity.push(['job', namespace === undefined ? name : `${namespace}/${name}`]);
  if (instance !== undefined) identity.push(['instance', instance]);
  const promoted = attributes.filter(([key]) => settings.promoteResourceAttributes.includes(key));
  const rest = attributes.filter(([key]) => !IDENTITY.has(key));
  const labels = labelsOf([...promoted, ...identity], settings);
  const hasInfo = rest.length > 0 && identity.length > 0;
  return { number, labels, info: hasInfo ? { ...labelsOf([...rest, ...identity], settings), __name__: 'target_info' } : undefined };
}

/** Attributes as labels. Where two keys become one name, their values are joined in the keys' order, as the specification has it. */
export function labelsOf(attributes: readonly Attribute[], { translation }: OtlpSettings): Labels {
  const labels: Record<string, string> = {};
  for (const [key, value] of [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const name = labelName(key, translation);
    if (name === '' || name === '__proto__' || name === '__name__') continue;
    labels[name] = Object.hasOwn(labels, name) && labels[name] !== value ? `${labels[name]};${value}` : value;
  }
  return labels;
}
