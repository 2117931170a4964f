import { must, type Trial } from './trial.ts'

const CONFIG = `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [/etc/prometheus/rules.yml]
scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
`
const RULES = `groups:
  - name: trial
    rules:
      - { record: "self:up", expr: "sum(up)" }
      - { alert: Up, expr: "up == 1", labels: { severity: page } }
`

interface Answer<T> {
  status: string
  data: T
}

/** Scrapes a target, evaluates rules, answers queries, fires an alert; promtool judges a file of rules. */
export async function prometheus(trial: Trial): Promise<string> {
  await trial.start({ ports: [9090], files: { '/etc/prometheus/prometheus.yml': CONFIG, '/etc/prometheus/rules.yml': RULES } })
  const api = `http://127.0.0.1:${await trial.port(9090)}/api/v1`
  const ask = async <T>(path: string) => ((await (await fetch(api + path)).json()) as Answer<T>).data
  const value = async (expression: string) =>
    Number((await ask<{ result: { value: [number, string] }[] }>(`/query?query=${encodeURIComponent(expression)}`)).result[0]?.value[1])
  await trial.until('the target is up', async () => (await value('up{job="self"}')) === 1)
  await trial.until('a recording rule has a value', async () => (await value('self:up')) === 1)
  await trial.until(
    'counters grow',
    async () => (await value('increase(prometheus_http_requests_total{handler="/api/v1/query"}[30s])')) > 0,
  )
  const firing = async () => (await ask<{ alerts: { state: string; labels: Record<string, string> }[] }>('/alerts')).alerts
  await trial.until('the alert fires', async () =>
    (await firing()).some(({ state, labels }) => state === 'firing' && labels['severity'] === 'page'),
  )
  must((await trial.exec(['promtool', 'check', 'rules', '/etc/prometheus/rules.yml'])).code === 0, 'promtool accepts right rules')
  must((await trial.exec(['wget', '-q', '-O', '-', 'http://localhost:9090/-/ready'])).code === 0, 'wget is there for healthchecks')
  must((await trial.exec(['cat', '/proc/1/status'])).stdout.includes('Uid:\t65534'), 'the server is not root')
  return 'scraped a target, recorded a rule, fired an alert'
}
