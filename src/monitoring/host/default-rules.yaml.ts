/**
 * The rules that nines starts with: what every host, target and probe should be watched for, as a Prometheus rule
 * file. A summary says what to do, in at most 50 characters once filled in with names of usual length: it is the
 * subject of the page. `critical` wakes someone, `today` waits for the morning.
 */
export const DEFAULT_RULES_YAML = String.raw`groups:
  - name: host
    interval: 30s
    rules:
      - alert: DiskFullSoon
        expr: |
          node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.4
            and node_filesystem_readonly == 0
            and predict_linear(node_filesystem_avail_bytes[6h], 24 * 3600) < 0
        for: 30m
        labels: { severity: today }
        annotations:
          summary: Free disk space on {{ $labels.instance }}
          description: >-
            {{ $labels.mountpoint }} on {{ $labels.instance }} will be full within 24 hours if it goes on filling as it
            did in the last 6. Look for logs, dumps and old releases; du -xh --max-depth=2 {{ $labels.mountpoint }} shows
            where the space went.
      - alert: DiskAlmostFull
        expr: |
          node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05
            and node_filesystem_readonly == 0
        for: 5m
        labels: { severity: critical }
        annotations:
          summary: Free disk space now on {{ $labels.instance }}
          nines_lint: 'ignore cause: what is written there is lost within hours, and nothing else tells before'
          description: >-
            {{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | humanizePercentage }} of its space left.
            Programs that write there will fail soon.
      - alert: InodesAlmostGone
        expr: |
          node_filesystem_files_free / node_filesystem_files < 0.05
            and node_filesystem_files > 0
            and node_filesystem_readonly == 0
        for: 15m
        labels: { severity: today }
        annotations:
          summary: Delete small files on {{ $labels.instance }}
          description: >-
            {{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | humanizePercentage }} of its inodes left:
            no more files can be made although there may be space.
      - alert: MemoryAlmostGone
        expr: node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05
        for: 5m
        labels: { severity: critical }
        annotations:
          summary: Free memory on {{ $labels.instance }}
          nines_lint: 'ignore cause: the kernel is about to end programs, of any service on the machine'
          description: >-
            {{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory available. The kernel will soon end
            a program of its own choice: find the one that grows, and restart it first.
      - alert: ProcessorsSaturated
        expr: |
          1 - avg by (instance, job) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.95
            and on (instance, job) node_load5 > 1.5 * count by (instance, job) (node_cpu_seconds_total{mode="idle"})
        for: 15m
        labels: { severity: today }
        annotations:
          summary: Relieve the CPU of {{ $labels.instance }}
          description: >-
            The processors of {{ $labels.instance }} have been {{ $value | humanizePercentage }} busy for 15 minutes, and
            tasks are waiting for their turn. Look for what changed, then for what runs away.
      - alert: FileSystemHangs
        expr: node_filesystem_device_error == 1
        for: 5m
        labels: { severity: today }
        annotations:
          summary: Check a hanging mount on {{ $labels.instance }}
          description: >-
            {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.instance }} does not answer. For a network file
            system: is its server there?
  - name: probes
    interval: 15s
    rules:
      - alert: ProbeFailing
        expr: probe_success == 0
        for: 1m
        labels: { severity: critical }
        annotations:
          summary: Check why {{ $labels.probe }} fails
          description: >-
            The probe {{ $labels.probe }} of {{ $labels.instance }} has failed for a minute. Its page shows the exact
            reason and how far each request came.
      - alert: CertificateExpiring
        expr: (probe_ssl_earliest_cert_expiry - time()) / 86400 < 14
        for: 1h
        labels: { severity: today }
        annotations:
          summary: Renew certificate of {{ $labels.instance }}
          description: >-
            The certificate that {{ $labels.instance }} presents ends in {{ $value | printf "%.0f" }} days. Find out why
            it wasn't renewed by itself.
      - alert: CertificateExpiringSoon
        expr: (probe_ssl_earliest_cert_expiry - time()) / 86400 < 2
        for: 10m
        labels: { severity: critical }
        annotations:
          summary: Renew now the cert of {{ $labels.instance }}
          description: >-
            The certificate that {{ $labels.instance }} presents ends in {{ $value | printf "%.1f" }} days. From then on
            its users see a warning, or nothing.
  - name: targets
    interval: 15s
    rules:
      - alert: TargetDown
        expr: up == 0
        for: 5m
        labels: { severity: today }
        annotations:
          summary: Check why {{ $labels.instance }} is silent
          description: >-
            {{ $labels.instance }} of the job {{ $labels.job }} could not be scraped for 5 minutes: what it says of itself
            is missing, and rules about it are blind. The list of targets shows the exact reason.
      - alert: JobDown
        expr: sum by (job) (up) == 0 and count by (job) (up) > 1
        for: 2m
        labels: { severity: critical }
        annotations:
          summary: Check why all of {{ $labels.job }} is down
          description: >-
            None of the targets of the job {{ $labels.job }} can be scraped. Either all of it is down, or the way to it.
  - name: nines
    interval: 1m
    rules:
      - alert: NinesDiskFullSoon
        expr: nines_store_disk_full_timestamp_seconds - time() < 7 * 86400
        for: 1h
        labels: { severity: today }
        annotations:
          summary: Free disk space of nines on {{ $labels.instance }}
          description: >-
            The disk of the data folder of nines is full in {{ $value | humanizeDuration }} if samples go on coming as they did.
            Make room, shorten store.retention, or drop metrics that no one uses: nines metrics --unused --sort bytes.
`;
