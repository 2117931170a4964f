import { LIMITS } from '../limits.ts'

/** A user of the store. */
export interface User {
  readonly accessKey: string
  readonly secretKey: string
  /** The user reaches buckets whose names begin with this, and no others. Empty: all of them. */
  readonly bucketPrefix: string
  /** May add and remove users. */
  readonly root: boolean
}

/** The users, by access key. Kept in memory: whoever starts the store names them. */
export class Users {
  private readonly byKey = new Map<string, User>()

  constructor(users: readonly User[]) {
    for (const user of users) this.add(user)
  }

  get(accessKey: string): User | undefined {
    return this.byKey.get(accessKey)
  }

  /** Adds or replaces a user. Throws `RangeError` on bad keys, on the attempt to replace root, and when there are too many. */
  add(user: User): void {
    if (!/^[\w.+@=-]{3,128}$/.test(user.accessKey)) throw new RangeError('an access key has 3 to 128 letters, digits or _ . + @ = -')
    if (user.secretKey.length < 8 || user.secretKey.length > 256) throw new RangeError('a secret key has 8 to 256 characters')
    if (this.byKey.get(user.accessKey)?.root) throw new RangeError('the root user cannot be replaced')
    if (this.byKey.size >= LIMITS.users) throw new RangeError(`there are ${LIMITS.users} users already`)
    this.byKey.set(user.accessKey, user)
  }

  /** Removes a user; says whether there was one. Root stays. */
  remove(accessKey: string): boolean {
    return !this.byKey.get(accessKey)?.root && this.byKey.delete(accessKey)
  }
}
