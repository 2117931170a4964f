/** What learners of lab 1.2 predict: a line of lines/Dockerfile is removed, or a file changed, and the image is built for real. */
import type { Pool } from '../../experiments/predictions/types.ts'
import { type Bench, changed, OUTCOMES, without } from './support/lines.ts'

const choice = { type: 'choice', options: OUTCOMES } as const
const yesNo = { type: 'yes-no' } as const

export const pools: [Pool<Bench>, Pool<Bench>] = [
  {
    kpi: 'lines-predicted',
    groups: [
      {
        about: 'what a later step refers to must be there, or there is no image',
        kind: choice,
        take: 1,
        questions: [
          without('first-from', 'FROM python:3.13-slim AS build'),
          without('copy-requirements', 'COPY requirements.txt .'),
          without('pip-install', 'RUN pip install --no-cache-dir --target=/deps -r requirements.txt'),
          without('second-from', 'FROM python:3.13-slim'),
        ],
      },
      {
        about: 'what is only needed at run time is missed at run time',
        kind: choice,
        take: 1,
        questions: [
          without('python-path', 'ENV PYTHONPATH=/deps'),
          without('copy-deps', 'COPY --from=build /deps /deps'),
          without('copy-app', 'COPY app app'),
          without('cmd', 'CMD ["python", "-m", "app.main"]'),
        ],
      },
      {
        about: 'some lines document, or name a folder that could be another',
        kind: choice,
        take: 1,
        questions: [
          without('expose', 'EXPOSE 8080'),
          without('label', 'LABEL org.opencontainers.image.title="temperature report"'),
          without('workdir-build', 'WORKDIR /build'),
          without('workdir-srv', 'WORKDIR /srv'),
        ],
      },
      {
        about: 'some lines change how it runs, and nobody notices until it matters',
        kind: choice,
        take: 1,
        questions: [
          without('user', 'USER 10001'),
          without('unbuffered', 'ENV PYTHONUNBUFFERED=1'),
          without('version', 'ENV APP_VERSION=1.4'),
          without('healthcheck', 'HEALTHCHECK'),
        ],
      },
    ],
  },
  {
    kpi: 'cache-predicted',
    groups: [
      {
        about: 'a step is cached by what it reads: its own line, the files it copies, and the steps before it',
        kind: yesNo,
        take: 1,
        questions: [
          changed('source', 'a line of app/report.py is changed', { append: 'app/report.py' }),
          changed('readme', 'README.md, which no step copies, is changed', { append: 'README.md' }),
          changed('touched', 'the time of requirements.txt is changed (touch), and nothing else', { touch: 'requirements.txt' }),
          changed('cmd', 'the CMD line is changed', { replace: ['"app.main"]', '"app.main", "--quiet"]'] }),
          changed('later-env', 'the line ENV APP_VERSION=1.4 is changed to 1.5', { replace: ['APP_VERSION=1.4', 'APP_VERSION=1.5'] }),
        ],
      },
      {
        about: 'a change in what it reads, or in any step before it, runs a step again',
        kind: yesNo,
        take: 1,
        questions: [
          changed('requirements', 'a comment is added to requirements.txt', { append: 'requirements.txt' }),
          changed('workdir-before', 'the line WORKDIR /build is changed to WORKDIR /work', {
            replace: ['WORKDIR /build', 'WORKDIR /work'],
          }),
          changed('env-before', 'a line ENV STAGE=build is added after the first FROM', {
            replace: ['AS build\n', 'AS build\nENV STAGE=build\n'],
          }),
          changed(
            'copy-all',
            'it was built with COPY . . in the place of COPY requirements.txt ., and a line of app/report.py is changed',
            {
              first: ['COPY requirements.txt .', 'COPY . .'],
              append: 'app/report.py',
            },
          ),
          changed('flag', 'the option --no-compile is added to the pip line', {
            replace: ['--no-cache-dir', '--no-cache-dir --no-compile'],
          }),
        ],
      },
    ],
  },
]
