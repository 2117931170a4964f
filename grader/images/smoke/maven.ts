import { must, type Trial } from './trial.ts'

const PROGRAM =
  'package p; public class Hello { public static void main(String[] a) { System.out.println("packed " + Runtime.version().feature()); } }'
const PROJECT =
  '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>p</groupId><artifactId>p</artifactId><version>1</version><packaging>pom</packaging></project>'

/** A source becomes an archive that runs; Maven reads a project and runs on the same Java. Plugins and dependencies come over the network, so they are no part of it. */
export async function maven(trial: Trial): Promise<string> {
  const script =
    'mkdir -p /w/p && cd /w && cat > p/Hello.java && javac -d out p/Hello.java && jar --create --file p.jar --main-class p.Hello -C out . && java -jar p.jar'
  must(
    (await trial.run(['sh', '-ec', script], ['--network=none'], PROGRAM)) === 'packed 21',
    'a source becomes an archive, and the archive runs on Java 21',
  )
  const read = await trial.run(['sh', '-ec', 'cat > /tmp/pom.xml && mvn -B -o -f /tmp/pom.xml validate'], ['--network=none'], PROJECT)
  must(read.includes('BUILD SUCCESS'), `Maven reads a project; it said: ${read.slice(-200)}`)
  const [, version, java] = /Apache Maven (\S+)[\s\S]*Java version: (\d+)/.exec(await trial.run(['mvn', '-B', '--version'])) ?? []
  must(version === '3.9.9' && java === '21', `Maven 3.9.9 on Java 21; it is ${version} on ${java}`)
  return `Maven ${version} and a compiler of Java ${java}: compiled, packed, ran`
}
