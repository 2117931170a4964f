/** What a registry says about a schema is long, and different in each registry: the sentence that matters, without the names of this run. */
export const gist = (message: string): string =>
  (/description:"([^"]+)"/.exec(message)?.[1] ?? message).replace(/\w+_[0-9a-f]{6}_/g, '').slice(0, 200)
