/** The documents that fault tests watch the world with: two people, one policy, a service and a probe for each name. */

interface People {
  /** The second step of the policy, as YAML; by default there is none. */
  readonly escalation?: string;
  /** How often the steps are gone through again. */
  readonly repeat?: number;
  readonly ana?: string;
}

export const people = ({ escalation = '', repeat = 0, ana = 'email: ana@example.org' }: People = {}): string => `
apiVersion: nines/v1
kind: Team
metadata: { name: web }
spec: { members: [ana, ben] }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { ${ana} }
---
apiVersion: nines/v1
kind: Person
metadata: { name: ben }
spec: { email: ben@example.org }
---
apiVersion: nines/v1
kind: EscalationPolicy
metadata: { name: web }
spec:
  team: web
  repeat: ${repeat}
  steps:
    - notify: [{ person: ana }]
${escalation}`;

/** A service of its own for each name, so that each outage is a page of its own; checked every second. */
export const services = (names: readonly string[], urlOf: (name: string) => string): string =>
  names
    .map(
      (name) => `
apiVersion: nines/v1
kind: Service
metadata: { name: ${name} }
spec: { owner: web, tier: 1, escalation: web }
---
apiVersion: nines/v1
kind: Probe
metadata: { name: ${name} }
spec: { service: ${name}, interval: 1s, http: { url: '${urlOf(name)}' } }
`,
    )
    .join('---');

/** Services that nothing checks: alerts of them come from outside. */
export const unwatched = (names: readonly string[]): string =>
  names
    .map((name) => `\napiVersion: nines/v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { owner: web, tier: 1, escalation: web }\n`)
    .join('---');

/** Settings of a mail server; each page leaves on its own, so that each can be counted. */
export const unbundled = (port: number): string => `${smtp(port)}delivery: { bundleOver: 0 }\n`;

export const smtp = (port: number): string => `smtp: { host: 127.0.0.1, port: ${port}, from: 'nines <nines@example.org>' }\n`;
