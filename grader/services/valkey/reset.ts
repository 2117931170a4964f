import type { Control } from '../control.ts'

/** Makes a Valkey as new: no keys, scripts, functions or users but the administrator; the machine's clock; statistics at zero. */
export async function resetValkey(control: Control): Promise<void> {
  await control.ask('clock', { do: 'release' })
  const users = String(await control.ask<string[]>('run', { commands: [['ACL', 'USERS']] }))
  const others = users.split(/\s+/).filter(name => name !== 'default' && /^[\w-]{3,}$/.test(name) && !/^\d+$/.test(name))
  const commands = [['FLUSHALL'], ['SCRIPT', 'FLUSH'], ['FUNCTION', 'FLUSH'], ['CONFIG', 'RESETSTAT']]
  if (others.length > 0) commands.push(['ACL', 'DELUSER', ...others])
  await control.ask('run', { commands })
}
