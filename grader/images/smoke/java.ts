import { must, type Trial } from './trial.ts'

/** A program of one file is no business of a runtime; that it starts, knows certificates and has the tools of healthchecks is. */
export async function jre(trial: Trial): Promise<string> {
  const settings = await trial.run([
    'sh',
    '-c',
    'java -XshowSettings:security -version 2>&1; java -Xshare:dump -Xlog:disable && curl --version && ps -e',
  ])
  must(settings.includes('openjdk version "21'), `Java 21; it said: ${settings.slice(0, 200)}`)
  const certificates = await trial.run(['sh', '-c', 'ls -lL "$JAVA_HOME/lib/security/cacerts" | tr -s " " | cut -d" " -f5'])
  must(Number(certificates) > 50_000, 'certificate authorities are in the runtime’s store')
  return `Java ${/version "([\d.]+)/.exec(settings)![1]} with certificates, curl and ps`
}
