import { expect, test } from 'vitest'
import { readCommands } from './commands.ts'
import { composeWords } from './compose-commands.ts'
import { parseMarkdown } from './document.ts'

const read = (body: string, under?: string) =>
  readCommands(parseMarkdown('R.md', body), under ? { under } : {}).map(({ line, text }) => [line, text])
const sh = (text: string, language = 'sh') => `\`\`\`${language}\n${text}\n\`\`\`\n`

test('one command a line, in order, with the line of the file; comments and other languages are not run', () => {
  expect(read(`# Run\n${sh('# first\ncd app\n\nls -l')}\n${sh('a: 1', 'yaml')}\n${sh('pwd', 'bash')}`)).toEqual([
    [4, 'cd app'],
    [6, 'ls -l'],
    [14, 'pwd'],
  ])
})

test('commands of several lines', () => {
  expect(read(sh('a \\\n  b\nc |\n  d\ncat <<END\none\ntwo\nEND\necho "x\ny"\ne &&\nf'))).toEqual([
    [2, 'a \\\n  b'],
    [4, 'c |\n  d'],
    [6, 'cat <<END\none\ntwo\nEND'],
    [10, 'echo "x\ny"'],
    [12, 'e &&\nf'],
  ])
})

test('in a console fence only what stands behind a prompt is typed', () => {
  expect(read(sh('$ ls\na.txt\n$ cat a.txt\nhello', 'console'))).toEqual([
    [2, 'ls'],
    [4, 'cat a.txt'],
  ])
})

test('a section, none, an open quote, too many', () => {
  expect(read(`# A\n${sh('one')}# B\n${sh('two')}`, 'B')).toEqual([[7, 'two']])
  expect(() => read('# A\n', 'B')).toThrow('R.md has no fence of commands (```sh) under the heading "B"')
  expect(() => read(sh('ls\necho "x'))).toThrow('R.md:3 cannot be read: the command goes on')
  expect(() => read(sh(Array(101).fill('ls').join('\n')))).toThrow('more than 100 commands')
})

const words = (text: string) => composeWords('R.md', { line: 7, text })

test('compose commands, word by word', () => {
  expect(words(`docker compose exec -T db psql -U app -c "SELECT 'a b' AS \\"x\\""`)).toEqual([
    'exec',
    '-T',
    'db',
    'psql',
    '-U',
    'app',
    '-c',
    `SELECT 'a b' AS "x"`,
  ])
  expect(words("docker compose exec -it -u postgres db sh -c 'echo $PGDATA; ls | wc -l'")).toEqual([
    'exec',
    '-T',
    '-u',
    'postgres',
    'db',
    'sh',
    '-c',
    'echo $PGDATA; ls | wc -l',
  ])
  expect(words('docker compose exec \\\n  web nginx -s reload # now')).toEqual(['exec', '-T', 'web', 'nginx', '-s', 'reload'])
  expect(words('docker compose up -d --force-recreate db')).toEqual(['up', '--force-recreate', 'db'])
  expect(words('docker compose exec web tail -f -n1 /x')).toEqual(['exec', '-T', 'web', 'tail', '-f', '-n1', '/x'])
})

test.each([
  ['ls', 'it begins with "ls"'],
  ['docker run -v /:/host debian', 'it begins with "docker run"'],
  ['docker compose run -v /:/host db', '"docker compose run" is not among'],
  ['docker compose cp /etc/passwd db:/', '"docker compose cp"'],
  ['docker compose -f other.yaml up', '"docker compose -f"'],
  ['docker compose exec --privileged db sh', 'the option --privileged is not allowed'],
  ['docker compose logs -f db', 'the option -f is not allowed'],
  ['docker compose ps; rm -rf /', '";" needs a shell'],
  ['docker compose ps > /etc/x', '">" needs a shell'],
  ['echo 1 | docker compose exec db psql', '"|" needs a shell'],
  ['docker compose exec db echo $HOME', 'it uses the variable HOME'],
  ['docker compose exec db ls *.txt', '"*.txt" is a pattern'],
])('%s is refused', (text, reason) => expect(() => words(text)).toThrow(`MR-E-156 R.md:7 is not run here: ${reason}`))
