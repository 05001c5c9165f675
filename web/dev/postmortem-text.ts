/** As the draft looks that nines writes, with something filled in. */
export const POSTMORTEM = `# Postmortem: Link store refuses connections

| | |
| --- | --- |
| Date | 2026-11-15 |
| People | Chen Wei (incident commander), Ana Lima |
| Time to acknowledge | 3 min |
| Time to resolve | 27 min |

## Summary

<!-- Two or three sentences for someone who was not there. -->
The link store ran out of connections after a **migration** held its locks; every fourth redirect failed for \`26 min\`.

## Impact

- **Redirects succeed**: 12,402 of 49,310 requests failed (25 %), 67 % of the 30-day budget.
- Nobody lost a link.

## Timeline

All times UTC.

| Time | What |
| --- | --- |
| 01:12 | **Outage begins** |
| 01:13 | Chen is paged |
| 01:15 | Chen acknowledges |
| 01:38 | **Outage ends** |

## Root cause

To be written.

> The lock was held by a statement that waited for itself.

## Action items

- [ ] Give migrations a lock timeout (Chen)
- [x] Alert on connections above 80 %
  1. in the store
  2. in the pool

## Appendix

\`\`\`promql
sum(rate(http_requests_total{code=~"5.."}[5m]))
\`\`\`

See [the graph](/graph?expr=up) and <https://runbooks.links.example/store>.
`;
