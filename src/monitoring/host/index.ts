export { DEFAULT_RULES_YAML } from './default-rules.yaml.ts';
export { createHostCollector, type HostCollector } from './host-collector.ts';
