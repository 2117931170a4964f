/** Bind mounts and volumes side by side: what is seen from where. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askDocker } from '../../../engines/docker/client.ts'
import type { Question, Recorder } from '../../../experiments/predictions/types.ts'
import type { Type } from '../../../experiments/predictions/typing.ts'
import { type Bench, fresh, inside, onRecord } from './bench.ts'

/** What an experiment works with: commands, and the lab folder on the host. */
interface Scene {
  type: Type
  record: Recorder
  bench: Bench
  /** A file of the lab folder, written and recorded as a learner would do it. */
  write(path: string, text: string): void
}

function question(id: string, ask: string, run: (scene: Scene) => Promise<boolean>): Question<Bench> {
  return {
    id,
    ask,
    async experiment(bench, record) {
      await fresh(bench)
      const write = (path: string, text: string) => {
        writeFileSync(join(bench.dir, path), `${text}\n`)
        record.ran(`echo ${text} > ${path}`)
      }
      try {
        return await run({ type: onRecord(bench, record), record, bench, write })
      } finally {
        rmSync(join(bench.dir, 'probe/note'), { force: true })
        writeFileSync(join(bench.dir, 'probe/one-file.txt'), ONE_FILE)
      }
    },
  }
}

const ONE_FILE = 'This file is mounted by itself, and with its folder.\n'

/** Questions whose answer is yes. */
export const SEEN: Question<Bench>[] = [
  question(
    'bind-host-write',
    'probe runs. On the host, a file is written into the folder that is mounted at /bind. Does probe see it, without a restart?',
    ({ type, write }) => {
      write('probe/note', 'noted')
      return inside(type, 'probe', 'cat /bind/note')
    },
  ),
  question(
    'bind-container-write',
    'probe writes a file to /bind. Is it in the folder ./probe on the host?',
    async ({ type, record, bench }) => {
      await inside(type, 'probe', 'echo noted > /bind/note')
      const there = existsSync(join(bench.dir, 'probe/note'))
      record.ran('ls probe', there ? 'note one-file.txt' : 'one-file.txt')
      return there
    },
  ),
  question(
    'read-only-bind-host-write',
    'The folder ./probe is mounted at /bind-read-only with :ro. On the host, a file is written into it. Does probe see it there?',
    ({ type, write }) => {
      write('probe/note', 'noted')
      return inside(type, 'probe', 'cat /bind-read-only/note')
    },
  ),
  question(
    'one-file-changed-in-place',
    'The single file probe/one-file.txt is mounted at /one-file.txt. On the host, a line is appended to it (`>>`). Does probe read the new line?',
    ({ type, record, bench }) => {
      writeFileSync(join(bench.dir, 'probe/one-file.txt'), 'appended\n', { flag: 'a' })
      record.ran('echo appended >> probe/one-file.txt')
      return inside(type, 'probe', 'grep appended /one-file.txt')
    },
  ),
  question(
    'named-shared',
    'probe writes a file to /named; other mounts the same named volume. Does other see the file?',
    async ({ type }) => {
      await inside(type, 'probe', 'echo noted > /named/note')
      return inside(type, 'other', 'cat /named/note')
    },
  ),
  question(
    'named-removed-by-other',
    'probe writes a file to /named, and other, which mounts the same named volume, removes it. Is it gone for probe, too?',
    async ({ type }) => {
      await inside(type, 'probe', 'echo noted > /named/note')
      await inside(type, 'other', 'rm /named/note')
      return inside(type, 'probe', 'test ! -e /named/note')
    },
  ),
  question(
    'named-copied-from-image',
    "In the image, /etc/skel holds files such as .profile. A new, empty named volume is mounted there. Does probe see the image's .profile in /etc/skel?",
    ({ type }) => inside(type, 'probe', 'ls /etc/skel/.profile'),
  ),
  question(
    'bind-of-missing-folder',
    'other mounts the folder ./probe-made, which nobody has made. After `docker compose up -d`: does the folder exist on the host?',
    async ({ record, bench }) => {
      const there = existsSync(join(bench.dir, 'probe-made'))
      record.ran('ls -d probe-made', there ? 'probe-made' : 'No such file or directory')
      return there
    },
  ),
]

/** Questions whose answer is no. */
export const NOT_SEEN: Question<Bench>[] = [
  question(
    'bind-over-image-files',
    "In the image, /etc/skel holds files such as .profile. other mounts the folder ./probe there. Does other see the image's .profile in /etc/skel?",
    ({ type }) => inside(type, 'other', 'ls /etc/skel/.profile'),
  ),
  question(
    'one-file-replaced',
    'The single file probe/one-file.txt is mounted at /one-file.txt. On the host, an editor writes a new file and renames it to one-file.txt. Does probe read the new text?',
    ({ type, record, bench }) => {
      writeFileSync(join(bench.dir, 'probe/new.txt'), 'replaced\n')
      renameSync(join(bench.dir, 'probe/new.txt'), join(bench.dir, 'probe/one-file.txt'))
      record.ran('echo replaced > probe/new.txt')
      record.ran('mv probe/new.txt probe/one-file.txt')
      record.ran('cat probe/one-file.txt', readFileSync(join(bench.dir, 'probe/one-file.txt'), 'utf8'))
      return inside(type, 'probe', 'grep replaced /one-file.txt')
    },
  ),
  question(
    'read-only-bind-write',
    'The folder ./probe is mounted at /bind-read-only with :ro, and probe is root in its container. Can probe write a file there?',
    ({ type }) => inside(type, 'probe', 'echo noted > /bind-read-only/note'),
  ),
  question('tmpfs-shared', 'Both containers have a tmpfs at /memory. probe writes a file there. Does other see it?', async ({ type }) => {
    await inside(type, 'probe', 'echo noted > /memory/note')
    return inside(type, 'other', 'cat /memory/note')
  }),
  question(
    'layer-shared',
    'Both containers come from the same image. probe writes a file to /layer, which is no mount. Does other see it?',
    async ({ type }) => {
      await inside(type, 'probe', 'echo noted > /layer/note')
      return inside(type, 'other', 'cat /layer/note')
    },
  ),
  question(
    'anonymous-shared',
    'The image of both containers declares a volume for /data. probe writes a file there. Does other see it?',
    async ({ type }) => {
      await inside(type, 'probe', 'echo noted > /data/note')
      return inside(type, 'other', 'cat /data/note')
    },
  ),
  question(
    'named-copied-again',
    "A new named volume got the image's files at /etc/skel. probe removes .profile from it; then `docker compose up -d --force-recreate probe`. Is .profile there again?",
    async ({ type }) => {
      await inside(type, 'probe', 'rm /etc/skel/.profile')
      await type('up', '-d', '--force-recreate', 'probe')
      return inside(type, 'probe', 'ls /etc/skel/.profile')
    },
  ),
  question(
    'volume-rm-in-use',
    'probe and other are stopped. Can the named volume be removed with `docker volume rm`?',
    async ({ type, record, bench }) => {
      await type('stop')
      const { code, stderr } = await askDocker(['volume', 'rm', `${bench.project.name}_named`])
      record.ran('docker volume rm lab-1-3-probe_named', code === 0 ? '' : stderr.includes('in use') ? 'volume is in use' : stderr, code)
      return code === 0
    },
  ),
  question(
    'named-in-lab-folder',
    'probe writes a file to /named. Is there a file of that name anywhere below the lab folder on the host?',
    async ({ type, record, bench }) => {
      await inside(type, 'probe', 'echo noted > /named/note-in-volume')
      const there = existsSync(join(bench.dir, 'named/note-in-volume')) || existsSync(join(bench.dir, 'probe/note-in-volume'))
      record.ran('find . -name note-in-volume', there ? 'found' : '')
      return there
    },
  ),
]
