// An example of each kind of document, for the reference. Together they are a folder without a problem.
export const EXAMPLES = {
  Team: `apiVersion: nines/v1
kind: Team
metadata:
  name: payments
  displayName: Payments
spec:
  description: Carts, checkout and money.
  members: [ana, ben]
  channel: '#payments'
---
apiVersion: nines/v1
kind: Person
metadata:
  name: ben
  displayName: Ben Okri
spec:
  email: ben@example.com
`,
  Service: `apiVersion: nines/v1
kind: Service
metadata:
  name: checkout
  displayName: Checkout
spec:
  description: Takes the order and the money.
  owner: payments
  tier: 1
  repository: https://git.example.com/shop/checkout
  runbook: https://wiki.example.com/runbooks/checkout
  dependsOn: [stock]
  escalation: payments
---
apiVersion: nines/v1
kind: Service
metadata:
  name: stock
spec:
  owner: payments
  escalation: payments
`,
  Probe: `apiVersion: nines/v1
kind: Probe
metadata:
  name: checkout-health
spec:
  service: checkout
  interval: 15s
  timeout: 5s
  http:
    url: https://shop.example.com/health
    expect:
      status: 200
      body: ready
      certificateDays: 14
`,
  Scrape: `apiVersion: nines/v1
kind: Scrape
metadata:
  name: checkout
spec:
  service: checkout
  targets: ['checkout-1.example.com:9100', 'checkout-2.example.com:9100']
  interval: 15s
  labels:
    env: production
`,
  SLO: `apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout-availability
  displayName: Checkout works
spec:
  service: checkout
  indicator:
    metadata:
      name: checkout-availability
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: sum(http_requests_total{service="checkout",code!~"5.."})
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum(http_requests_total{service="checkout"})
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: Good
      target: 0.999
`,
  Schedule: `apiVersion: nines/v1
kind: Schedule
metadata:
  name: payments
spec:
  team: payments
  timeZone: Europe/Lisbon
  rotation:
    people: [ana, ben]
    start: '2026-01-05'
    handover: {day: monday, time: '09:00'}
    length: 1w
  overrides:
    - {person: ben, from: '2026-04-03T18:00', to: '2026-04-06T09:00'}
`,
  EscalationPolicy: `apiVersion: nines/v1
kind: EscalationPolicy
metadata:
  name: payments
spec:
  team: payments
  steps:
    - notify: [{schedule: payments, layer: primary}]
    - after: 5m
      notify: [{schedule: payments, layer: secondary}]
    - after: 10m
      notify: [{team: payments}]
`,
  PrometheusConfig: `global:
  scrape_interval: 15s
  evaluation_interval: 15s
  external_labels:
    region: eu
rule_files:
  - rules/*.yml
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ['web1.example:9100', 'web2.example:9100']
        labels:
          env: production
`,
  AlertmanagerConfig: `route:
  receiver: mail
  group_by: [alertname, service]
  routes:
    - matchers: [team="db"]
      receiver: db-hook
      group_wait: 10s
      repeat_interval: 12h
receivers:
  - name: mail
    email_configs:
      - to: ops@example.com
  - name: db-hook
    webhook_configs:
      - url: https://hooks.example.com/alerts
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname, service]
`,
  PrometheusRules: `groups:
  - name: checkout
    rules:
      - alert: CheckoutErrors
        expr: |
          sum(rate(http_requests_total{service="checkout",code=~"5.."}[5m]))
            / sum(rate(http_requests_total{service="checkout"}[5m])) > 0.05
        for: 2m
        labels:
          severity: critical
          service: checkout
        annotations:
          summary: 'Roll checkout back: {{ $value | humanizePercentage }} fail'
          runbook_url: https://wiki.example.com/runbooks/checkout
`,
  PrometheusRuleTests: `rule_files: [checkout.yaml]
evaluation_interval: 1m
tests:
  - name: a tenth of the checkouts fails
    interval: 1m
    input_series:
      - series: http_requests_total{service="checkout",code="200"}
        values: 0+90x15
      - series: http_requests_total{service="checkout",code="500"}
        values: 0+10x15
    alert_rule_test:
      - eval_time: 10m
        alertname: CheckoutErrors
        exp_alerts:
          - exp_labels: { severity: critical, service: checkout }
            exp_annotations:
              summary: 'Roll checkout back: 10% fail'
              runbook_url: https://wiki.example.com/runbooks/checkout
    promql_expr_test:
      - expr: sum(rate(http_requests_total[5m])) * 60
        eval_time: 10m
        exp_samples: [{ labels: '{}', value: 100 }]
`,
};
