import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('a warning of kafkajs is left out, others are printed', () => {
  const program = `
    import { leaveOutKnownWarnings } from ${JSON.stringify(new URL('./known-warnings.ts', import.meta.url).href)}
    leaveOutKnownWarnings()
    setTimeout(() => {}, -5)
    process.emitWarning('look here', 'SomeWarning')`
  const printed = execFileSync('sh', ['-c', '"$0" --input-type=module --eval "$1" 2>&1', process.execPath, program], { encoding: 'utf8' })
  expect(printed).toContain('SomeWarning: look here')
  expect(printed).not.toContain('Negative')
})
