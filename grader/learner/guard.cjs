// Runs first in every program of a learner (`node --require`), and withholds what Node's permission model leaves open:
// signals to other processes, the priority of other processes, UNIX sockets (docker.sock, PostgreSQL's), V8 flags.
// Only JavaScript can reach these calls here: children, workers, add-ons, WASI and the inspector are already denied by
// --permission, so a closure is a wall. The originals live in closures in strict mode and are never handed out.
'use strict'
const os = require('node:os')
const v8 = require('node:v8')
const { syncBuiltinESMExports } = require('node:module')

const self = process.pid
const { apply, defineProperty, getPrototypeOf } = Reflect

const denied = what => {
  const error = new Error(`the sandbox does not let a program ${what}`)
  error.code = 'ERR_ACCESS_DENIED'
  throw error
}
const fix = (object, name, value) => defineProperty(object, name, { value, writable: false, configurable: false, enumerable: true })
const onlySelf = (original, what) =>
  function guarded(pid, argument) {
    // A strict comparison with a number: no valueOf can change its mind between the check and the call.
    if (pid !== self) denied(what)
    return apply(original, process, [self, argument])
  }

fix(process, 'kill', onlySelf(process.kill, 'signal another process'))
fix(process, '_kill', onlySelf(process._kill, 'signal another process'))
fix(process, '_debugProcess', () => denied('debug another process'))
fix(process, '_debugEnd', () => denied('debug another process'))
fix(v8, 'setFlagsFromString', () => denied('change V8 flags'))

const setPriority = os.setPriority
fix(os, 'setPriority', function guardedPriority(pid, priority) {
  if (priority === undefined) return setPriority(0, pid)
  if (pid !== self && pid !== 0) denied('change the priority of another process')
  return setPriority(self, priority)
})

// stdout is a pipe made by the grader; its handle's class is the one behind every UNIX socket of net, http and tls.
const pipe = process.stdout._handle && getPrototypeOf(process.stdout._handle)
if (pipe?.constructor?.name !== 'Pipe') throw new Error('guard: stdout is not a pipe; refusing to run without the guard')
for (const name of ['connect', 'connect2', 'bind', 'bind2', 'listen']) {
  if (name in pipe) fix(pipe, name, () => denied('use UNIX sockets'))
}

// So that a failure shows the learner's own frame below those of a library; as a flag it would cost V8's code cache.
Error.stackTraceLimit = 20

syncBuiltinESMExports()
