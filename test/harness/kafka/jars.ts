import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createHash } from 'node:crypto';
import type { Unavailable } from '../services.ts';

/** How Kafka's own programs are run: the broker, its formatter and the console producer. */
export interface KafkaJars {
  readonly java: string;
  readonly classpath: string;
}

const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/kafka', import.meta.url));
/** What a Kafka 4 broker needs. */
const JAVA = 17;
/** About 50 MB the first time. */
const DOWNLOAD_WITHIN_MS = 300_000;

/**
 * Resolves the jars with Maven, which keeps them in its own repository; asks it only when the pom changed. Without a
 * version those of the pom.
 */
export async function kafkaJars(kafka?: string): Promise<KafkaJars | Unavailable> {
  const version = await javaVersion();
  if (version === null || version < JAVA) {
    const found = version === null ? 'no Java was found' : `Java ${version} was found`;
    return {
      why: `Apache Kafka needs Java ${JAVA} and ${found}`,
      fix: 'apt-get install default-jre-headless maven',
    };
  }
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const file = join(CACHE, kafka === undefined ? `classpath-${hash}` : `classpath-${kafka}-${hash}`);
  const cached = readClasspath(file);
  if (cached !== null) return { java: 'java', classpath: cached };
  try {
    mkdirSync(CACHE, { recursive: true });
    // Put in its place when it is whole: another run may be looking, and half a list reads like a shorter one.
    const fresh = `${file}.${process.pid}`;
    const goal = ['-q', '-B', '-f', POM, 'dependency:build-classpath', `-Dmdep.outputFile=${fresh}`];
    if (kafka !== undefined) goal.push(`-Dkafka.version=${kafka}`);
    await promisify(execFile)('mvn', goal, { timeout: DOWNLOAD_WITHIN_MS });
    renameSync(fresh, file);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const fix = 'Install Maven (apt-get install maven) and let it reach its repository once';
    return { why: `Apache Kafka's jars could not be fetched by Maven: ${said}`, fix };
  }
  const classpath = readClasspath(file);
  if (classpath === null)
    return { why: `Maven left no usable ${file}`, fix: `Remove ${CACHE} and try again` };
  return { java: 'java', classpath };
}

/** Null when there is none yet, or when jars it names are gone. */
function readClasspath(file: string): string | null {
  if (!existsSync(file)) return null;
  const classpath = readFileSync(file, 'utf8').trim();
  return classpath !== '' && classpath.split(delimiter).every((jar) => existsSync(jar)) ? classpath : null;
}

async function javaVersion(): Promise<number | null> {
  try {
    const { stderr } = await promisify(execFile)('java', ['-version']);
    const version = /version "(\d+)/.exec(stderr)?.[1];
    return version === undefined ? null : Number(version);
  } catch {
    return null;
  }
}

// `node test/harness/kafka/jars.ts` fetches them ahead of the tests.
if (import.meta.main) {
  const jars = await kafkaJars();
  if ('why' in jars) {
    console.error(`${jars.why}. ${jars.fix}.`);
    process.exitCode = 1;
  } else {
    console.log(`Apache Kafka: ${jars.classpath.split(delimiter).length} jars are here.`);
  }
}
