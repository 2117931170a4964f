/** Errors 100–139: containers. 100–119 refuse a compose file before anything starts, 120–139 are the engine and its images. A part of the table. */
import type { ErrorEntry } from './table.ts'

const LESSON = 'The lesson of {lesson} explains it.'

export const DOCKER_ERRORS = {
  'MR-E-100': {
    class: 'program',
    title: 'Service {service} is privileged.',
    cause: 'A privileged container can do to this machine whatever root can; isolation is what a container is for.',
    fix: `Remove \`privileged\`; no service of the course needs it. ${LESSON}`,
  },
  'MR-E-101': {
    class: 'program',
    title: "Service {service} shares the host's {what}.",
    cause:
      "{field}: {value} puts the container into a namespace outside of your project; then it sees and reaches this machine's processes or ports.",
    fix: `Remove \`{field}\`; services reach each other by name on the project's network. ${LESSON}`,
  },
  'MR-E-102': {
    class: 'program',
    title: 'Service {service} gets the Docker socket ({value}).',
    cause: 'Whoever can write to the socket can start any container with any mount, and so is root on this machine.',
    fix: `Remove that mount or option. ${LESSON}`,
  },
  'MR-E-103': {
    class: 'program',
    title: '{service} mounts {value}, which is outside of the lab folder.',
    cause:
      'A bind mount gives the container your own files; the grader runs your project in a copy of the lab folder, where nothing else exists.',
    fix: `Move what is needed into the lab folder, or use a named volume. ${LESSON}`,
  },
  'MR-E-104': {
    class: 'program',
    title: 'Service {service} asks for more rights: {field}: {value}.',
    cause: 'The default capabilities suffice for every service of the course; each one added is a way out of the container.',
    fix: `Remove it; dropping capabilities (\`cap_drop\`) is welcome. ${LESSON}`,
  },
  'MR-E-105': {
    class: 'program',
    title: 'Service {service} asks for a device of this machine: {value}.',
    cause: 'A device bypasses the file system and its permissions.',
    fix: `Remove \`{field}\`. ${LESSON}`,
  },
  'MR-E-106': {
    class: 'program',
    title: 'Service {service} switches a protection off: {field}: {value}.',
    cause:
      'The engine filters system calls and confines each container by default; without that a defect in a service is a defect of the machine.',
    fix: `Remove it. ${LESSON}`,
  },
  'MR-E-107': {
    class: 'program',
    title: 'Service {service} uses {value}, which names no version.',
    cause: '`latest`, said or implied, is another image tomorrow: what worked cannot be built again.',
    fix: `Write the version, e.g. {nearest}. ${LESSON}`,
  },
  'MR-E-108': {
    class: 'program',
    title: 'Service {service} uses {value}, which is not an image of the course.',
    cause:
      'Only images of compose/images.yaml, and images that your own project builds, are run; so the lab works without an image registry too.',
    fix: `Did you mean {nearest}? \`pnpm images list\` shows them all. ${LESSON}`,
  },
  'MR-E-109': {
    class: 'program',
    title: 'Service {service} builds from {value}, which is outside of the lab folder.',
    cause:
      'A build may read its whole context; the grader builds from a copy of the lab folder, without a network beyond the package registries.',
    fix: `Move the Dockerfile and its files into the lab folder. ${LESSON}`,
  },
  'MR-E-110': {
    class: 'program',
    title: '{service} uses something that is not of this project: {field}: {value}.',
    cause: 'What another project owns is not there in a fresh clone, and two grades side by side would share it.',
    fix: `Declare it in your compose file without \`external\`. ${LESSON}`,
  },
  'MR-E-111': {
    class: 'program',
    title: 'Service {service} would run something on this machine itself: {field}.',
    cause: 'Compose starts such a program outside of any container.',
    fix: `Remove \`{field}\`; make it a service or a build step. ${LESSON}`,
  },
  'MR-E-112': {
    class: 'program',
    title: 'The project is too large: {value}.',
    cause: 'A lab needs a handful of containers; the grader runs at most {limit}.',
    fix: `Remove what is not needed. ${LESSON}`,
  },
  'MR-E-113': {
    class: 'program',
    title: 'Compose cannot read the project: {message}.',
    cause: '`docker compose config` refused it; nothing was started.',
    fix: 'Run `docker compose config` in the lab folder: it shows the same message.',
  },
  'MR-E-114': {
    class: 'program',
    title: 'The project did not come up: {message}.',
    cause: '`docker compose up` ended with an error. The last of what {service} said: {log}',
    fix: 'Run `docker compose up` in the lab folder and read what the service prints.',
  },
  'MR-E-115': {
    class: 'program',
    title: 'Service {service} was not ready within {seconds} s: it is {state}.',
    cause: 'The grader waits until each container runs and each healthcheck says healthy. The last of what it said: {log}',
    fix: 'Run `docker compose up --wait` in the lab folder; `docker inspect` shows what the healthcheck answered.',
  },
  'MR-E-120': {
    class: 'environment',
    title: 'Docker does not answer: {message}.',
    cause: 'This lab, or the chosen engine, runs containers.',
    fix: '`pnpm checkup` says what is missing. Labs that offer it run with `--engine embedded` without Docker.',
  },
  'MR-E-121': {
    class: 'environment',
    title: '{what} is too old or missing: {least} or newer is needed.',
    cause: 'Your compose file is combined with a second one of the grader, which an older version does not understand.',
    fix: 'Update Docker Desktop, or Docker Engine with the docker-compose-plugin package.',
  },
  'MR-E-122': {
    class: 'environment',
    title: '{list}: not on this machine.',
    cause: 'The project needs images that were neither pulled nor built here.',
    fix: 'Run `pnpm images pull {names}`; without an image registry `pnpm images build {names}`.',
  },
  'MR-E-123': {
    class: 'environment',
    title: 'The image {image} could not be built: {message}.',
    cause: 'Its recipe is in compose/images/{name}/. The last lines: {log}',
    fix: 'Run `pnpm images build {name}` again with a network to the package registries; `pnpm images pull {name}` fetches the official one.',
  },
  'MR-E-124': {
    class: 'environment',
    title: 'Docker could not do it: {message}.',
    cause: 'The engine answered with an error, or not in time.',
    fix: 'Run `pnpm checkup`: it looks at the engine, memory and disk.',
  },
  'MR-E-125': {
    class: 'use',
    title: 'There is no image "{name}".',
    cause: 'Images are named as in compose/images.yaml, e.g. postgres, or in full, e.g. postgres:17.',
    fix: 'Did you mean {nearest}? `pnpm images list` shows them all.',
  },
  'MR-E-126': {
    class: 'use',
    title: 'compose/images.yaml is wrong: {message}.',
    cause: 'Every image of the course is declared there once.',
    fix: 'Correct that entry, or restore the file from the repository.',
  },
} as const satisfies Record<string, ErrorEntry>
