import { must, type Trial } from './trial.ts'

/** Serves a page, fills a template from the environment, runs a start script, logs to its output, ends in order. */
export async function nginx(trial: Trial): Promise<string> {
  const template = `server { listen 8080; location / { default_type text/plain; return 200 "\${GREETING} $uri"; } }\n`
  await trial.start({
    env: { GREETING: 'hello' },
    ports: [80, 8080],
    files: {
      '/etc/nginx/templates/hello.conf.template': template,
      '/docker-entrypoint.d/50-page.sh': '#!/bin/sh\necho made-at-start > /usr/share/nginx/html/page.html\n',
    },
  })
  const get = async (port: number, path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  const [page, templated] = [await trial.port(80), await trial.port(8080)]
  await trial.until('nginx answers', async () => (await get(page, '/')).includes('nginx'))
  must((await get(page, '/page.html')).trim() === 'made-at-start', 'a script of /docker-entrypoint.d runs before the server')
  must((await get(templated, '/a')) === 'hello /a', "a template takes GREETING and leaves nginx's own $uri")
  must((await fetch(`http://127.0.0.1:${page}/none`)).status === 404, 'what is not there is 404')
  await trial.until('the access log is on the output', async () => (await trial.lastWords()).includes('GET /none'))
  return 'served pages, filled a template, ran a start script, logged'
}
