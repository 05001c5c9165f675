export { DEFAULT_RULES_YAML } from './default-rules.yaml.ts';
