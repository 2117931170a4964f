/** Unified diffs between two versions of a lab's files. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'

/** One file of two versions; an absent side is a file that is new or gone. */
export interface Change {
  path: string
  from: Buffer | undefined
  to: Buffer | undefined
}

/**
 * One patch over all changes, as `git apply` and `patch -p1` read it; equal files are left out, bytes that are no text are only named.
 * @param folder the lab folder, put in front of each path
 * @param names what the two sides are, e.g. starter and yours
 */
export function patchOf(folder: string, changes: readonly Change[], names: { from: string; to: string }): string {
  return changes
    .filter(({ from, to }) => !(from && to ? from.equals(to) : from === to))
    .map(({ path, from, to }) => {
      if ([from, to].some(side => side?.includes(0))) return `Binary files differ: ${folder}/${path} (${names.from}, ${names.to})\n`
      const left = from ? `a/${folder}/${path}` : '/dev/null'
      const right = to ? `b/${folder}/${path}` : '/dev/null'
      return createTwoFilesPatch(
        left,
        right,
        from?.toString('utf8') ?? '',
        to?.toString('utf8') ?? '',
        from && names.from,
        to && names.to,
        {
          context: 3,
          headerOptions: FILE_HEADERS_ONLY,
        },
      )
    })
    .join('')
}
