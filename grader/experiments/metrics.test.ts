import { expect, test } from 'vitest'
import { increase, parseMetrics, quantile } from './metrics.ts'

const text = `# HELP decisions_total Decisions.
# TYPE decisions_total counter
decisions_total{tenant="acme",result="allowed"} 7
decisions_total{tenant="acme",result="denied"} 3 1700000000000
decisions_total{tenant="a \\"b\\", c\\nd",result="denied"} 1
up 1
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} 50
latency_seconds_bucket{le="0.5"} 90
latency_seconds_bucket{le="+Inf"} 100
latency_seconds_sum 20
latency_seconds_count 100
`

test('samples, labels with escapes, types, sums', () => {
  const so = parseMetrics(text)
  expect(so.sum('decisions_total', { tenant: 'acme' })).toBe(10)
  expect(so.samples[2]!.labels['tenant']).toBe('a "b", c\nd')
  expect(so.types.get('latency_seconds')).toBe('histogram')
  expect(so.has('decisions_total', { tenant: 'nobody' })).toBe(false)
})

test('quantiles as histogram_quantile gives them', () => {
  const so = parseMetrics(text)
  expect(quantile(so, 'latency_seconds', 0.5)).toBeCloseTo(0.1)
  expect(quantile(so, 'latency_seconds', 0.7)).toBeCloseTo(0.3)
  expect(quantile(so, 'latency_seconds', 0.99)).toBe(0.5)
})

test('what is wrong is named with its line', () => {
  expect(() => parseMetrics('up 1\nthis is no sample\n')).toThrow('/metrics, line 2')
  expect(() => parseMetrics('a{b=1} 2')).toThrow('line 1')
  expect(() => quantile(parseMetrics('x_bucket{le="1"} 5\nx_bucket{le="+Inf"} 4\nx_count 4'), 'x', 0.5)).toThrow('the histogram x')
  expect(() => quantile(parseMetrics('up 1'), 'x', 0.5)).toThrow('the histogram x')
})

test('a counter that was reset counts from zero', () => {
  expect(increase(parseMetrics('c 10'), parseMetrics('c 15'), 'c')).toBe(5)
  expect(increase(parseMetrics('c 10'), parseMetrics('c 4'), 'c')).toBe(4)
})
