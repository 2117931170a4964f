import { execFile, spawnSync } from 'node:child_process'
import { createTopic, type Scenario, type Target } from './scenario.ts'

/** Why kcat (librdkafka's command line client, Debian package kcat) cannot be used, or null when it can. */
export function whyNoKcat(): string | null {
  return spawnSync('kcat', ['-V']).error ? 'kcat is not installed (apt-get install kcat)' : null
}

function kcat(target: Target, args: string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('kcat', ['-b', target.brokers[0]!, ...args], { timeout: 20_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(`kcat ${args.join(' ')}: ${error.message} ${stderr}`)) : resolve(stdout),
    )
    child.stdin!.end(input)
  })
}

/** The same with librdkafka. */
export const scenarios: Scenario[] = [
  {
    name: 'kcat: every compression, keys and headers; produced idempotently, read back',
    async run(target) {
      const topic = await createTopic(target)
      for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
        const text = `${codec} ${'x'.repeat(200)}`
        await kcat(
          target,
          ['-P', '-t', topic, '-z', codec, '-k', 'key', '-H', 'h=v', '-X', 'enable.idempotence=true', '-X', 'linger.ms=0'],
          text,
        )
      }
      const out = await kcat(target, ['-C', '-t', topic, '-e', '-q', '-o', 'beginning', '-f', '%o %k %h %s\n'])
      return out
        .trim()
        .split('\n')
        .map(line => line.replace(/ x+$/, ''))
    },
    expected: ['0 key h=v none', '1 key h=v gzip', '2 key h=v snappy', '3 key h=v lz4', '4 key h=v zstd'],
  },
  {
    name: 'kcat: metadata, offsets by time, reading from the end, a group',
    async run(target) {
      const topic = await createTopic(target, 2)
      for (const value of ['a', 'b', 'c']) await kcat(target, ['-P', '-t', topic, '-p', '1', '-X', 'linger.ms=0'], value)
      const metadata = await kcat(target, ['-L', '-t', topic])
      const query = await kcat(target, ['-Q', '-t', `${topic}:1:1`, '-t', `${topic}:0:1`])
      const last = await kcat(target, ['-C', '-t', topic, '-p', '1', '-o', '-1', '-e', '-q'])
      const group = await kcat(target, ['-G', target.unique('g'), '-c', '3', '-q', '-X', 'auto.offset.reset=earliest', topic])
      return {
        partitions: metadata.match(/partition \d+, leader 1, replicas: 1, isrs: 1/g)?.length,
        query: query
          .trim()
          .split('\n')
          .map(line => line.replace(topic, 'T'))
          .sort(),
        last: last.trim(),
        group: group.trim().split('\n'),
      }
    },
    expected: { partitions: 2, query: ['T [0] offset -1', 'T [1] offset 0'], last: 'c', group: ['a', 'b', 'c'] },
  },
]
