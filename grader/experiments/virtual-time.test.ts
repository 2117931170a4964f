import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VirtualTime } from './virtual-time.ts'

test('events run in order of time, equal times in order of scheduling', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), times => {
      const clock = new VirtualTime()
      const ran: [number, number][] = []
      for (const [i, time] of times.entries()) clock.at(time, () => ran.push([clock.now(), i]))
      clock.run()
      expect(ran).toEqual(times.map((time, i): [number, number] => [time, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]))
    }),
  )
})

test('events may schedule events; `until` stops in between and moves the clock there', () => {
  const clock = new VirtualTime()
  const ticks: number[] = []
  const tick = () => {
    ticks.push(clock.now())
    clock.after(100, tick)
  }
  clock.after(0, tick)
  clock.run(250)
  expect(ticks).toEqual([0, 100, 200])
  expect(clock.now()).toBe(250)
  expect(clock.pending).toBe(1)
})

test('a hundred thousand clients cost no real time to wait for', () => {
  const clock = new VirtualTime()
  let done = 0
  for (let i = 0; i < 100_000; i++) clock.after((i * 7919) % 3_600_000, () => clock.after(1000, () => done++))
  expect(clock.run()).toBe(200_000)
  expect(done).toBe(100_000)
})

test('the past and endless simulations are refused', () => {
  const clock = new VirtualTime(10)
  expect(() => clock.at(9, () => {})).toThrow(RangeError)
  expect(() => clock.after(Number.NaN, () => {})).toThrow(RangeError)
  const again = () => clock.after(0, again)
  again()
  expect(() => clock.run(Number.POSITIVE_INFINITY, 1000)).toThrow('did not end within 1000 events')
})
