import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ProgressLine, progressLine } from '../progress_line.js';
import { projectRoot } from '../../config/project_root.js';
import { newOwnFolder, removeLeftFolders } from './temporary_folder.js';
import { findJava, findMaven } from './toolchain.js';

/** The release that tests and `make kafka` run; docker-compose.kafka.yml names the same. */
export const KAFKA_VERSION = '4.3.0';

/** The line of slf4j that Kafka 4.3 is built on; without a binding a failed start would be silent. */
const SLF4J_VERSION = '1.7.36';
const DEPENDENCY_PLUGIN_VERSION = '3.8.1';
/** A whole download has this many jars, which only scales the progress line. */
const JARS_EXPECTED = 92;
/** How the names of folders begin into which is downloaded. */
const DOWNLOAD = 'download-';

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>apache-kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
    ${dependency('org.apache.kafka', 'kafka-tools', KAFKA_VERSION)}
    ${dependency('org.slf4j', 'slf4j-simple', SLF4J_VERSION)}
  </dependencies>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId>
    <version>${DEPENDENCY_PLUGIN_VERSION}</version>
  </plugin></plugins></build>
</project>
`;

/**
 * The folder with the jars of Apache Kafka, downloaded through Maven where they are not there yet (54 MB).
 * An interrupted download leaves nothing that looks complete, and what it leaves goes with the next call. Two at a
 * time do not disturb each other.
 * @throws MissingToolError where Maven or a JDK is missing; Error with Maven's last lines where it fails.
 */
export async function ensureKafkaJars(root: string = projectRoot()): Promise<string> {
  const home = join(root, '.data', 'kafka', KAFKA_VERSION);
  const lib = join(home, 'lib');
  await removeLeftFolders(home, DOWNLOAD);
  if (existsSync(lib)) return lib;

  await findJava();
  const maven = await findMaven();
  const work = await newOwnFolder(home, DOWNLOAD);
  try {
    await download({ maven, work, progress: progressLine() });
    await rename(join(work, 'lib'), lib).catch((error: unknown) => {
      // Somebody else finished first: theirs is as good.
      if (!existsSync(lib)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return lib;
}

interface Download {
  maven: string;
  work: string;
  progress: ProgressLine;
}

async function download({ maven, work, progress }: Download): Promise<void> {
  const title = `Downloading Apache Kafka ${KAFKA_VERSION} (54 MB, once)`;
  progress.update(title);
  await writeFile(join(work, 'pom.xml'), POM);
  const args = ['-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'];
  const child = spawn(maven, args, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;

  const lines: string[] = [];
  let jars = 0;
  const read = (line: string): void => {
    lines.push(line);
    if (!/Downloaded from .*\.jar /.test(line)) return;
    jars += 1;
    progress.update(`${title}: ${jars} of about ${JARS_EXPECTED} files`);
  };
  createInterface({ input: child.stdout }).on('line', read);
  createInterface({ input: child.stderr }).on('line', read);

  const [status] = await ended;
  if (status !== 0) {
    progress.done(`${title}: failed`);
    throw new Error(
      `Maven could not download Apache Kafka. Its last lines:\n${lines.slice(-15).join('\n')}\n` +
        'Check the network, or the proxy and mirror settings of Maven, and try again.',
    );
  }
  const files = await readdir(join(work, 'lib'));
  progress.done(`${title}: ${files.length} files, done`);
}
