/** The authentication stub: who a token belongs to. PROTOCOL.md, section 2. Given: not yours to change. */
import { createHmac, timingSafeEqual } from 'node:crypto'

const sign = (user: string, secret: string): string => createHmac('sha256', secret).update(user).digest('hex')

/** A token of a user, as the company's login would hand it out. */
export const tokenFor = (user: string, secret: string): string => `${user}.${sign(user, secret)}`

/** The user of a token, or undefined when it is not valid. Takes the same time wherever a wrong signature differs. */
export function userOf(token: string, secret: string): string | undefined {
  const [user = '', signature = ''] = token.split('.')
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(user) || token.length !== user.length + 65) return undefined
  return timingSafeEqual(Buffer.from(sign(user, secret)), Buffer.from(signature.padEnd(64).slice(0, 64), 'latin1')) ? user : undefined
}
