/** Errors with a meaning. Given: not yours to change. */

/** Not written yet: the API answers 501. */
export class NotYet extends Error {
  constructor(what: string) {
    super(`${what} is not written yet`)
    this.name = 'NotYet'
  }
}

/** The caller's mistake: the API answers 400. */
export class BadRequest extends Error {
  override name = 'BadRequest'
}

/** The attempt failed in a way that another attempt cannot mend: the job is a dead letter at once. */
export class Permanent extends Error {
  override name = 'Permanent'
}

/** The receiver has seen a newer fencing token: somebody else has this job. */
export class Fenced extends Error {
  override name = 'Fenced'
}
