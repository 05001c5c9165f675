/** The least that watches a web site. A test keeps it right. */
export const EXAMPLE = `apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { email: ana@example.org }
---
apiVersion: nines/v1
kind: Team
metadata: { name: web }
spec: { members: [ana] }
---
apiVersion: nines/v1
kind: Service
metadata: { name: website }
spec: { owner: web, tier: 1 }
---
apiVersion: nines/v1
kind: Probe
metadata: { name: website-front }
spec:
  service: website
  http: { url: https://www.example.org/ }
`;
