import { join } from 'node:path';
import { runCommand } from '../run_command.js';

/** Kafka 4 brokers need class files of this Java release. */
const JAVA_MAJOR = 17;

/** A program this machine lacks; the message says how to get it. */
export class MissingToolError extends Error {
  override name = 'MissingToolError';
}

/**
 * The major release in the output of `java -version`: 17 for `"17.0.15"`, 8 for `"1.8.0_402"`.
 * @returns undefined where the text names no release.
 */
export function javaMajor(output: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(output);
  return found ? Number(found[1]) : undefined;
}

/**
 * The Java to run brokers with: that of JAVA_HOME where set, else the one in PATH.
 * @throws MissingToolError where there is none, or it is older than 17.
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const home = env['JAVA_HOME'];
  const java = home ? join(home, 'bin', 'java') : 'java';
  const answer = await runCommand(java, ['-version'], { env });
  const major = answer?.status === 0 ? javaMajor(answer.output) : undefined;
  if (major !== undefined && major >= JAVA_MAJOR) return java;
  const found = major === undefined ? `"${java}" does not run` : `"${java}" is Java ${major}`;
  throw new MissingToolError(
    `Apache Kafka needs a JDK ${JAVA_MAJOR} or newer, but ${found}. Install one ` +
      `(Debian, Ubuntu: apt install openjdk-17-jdk-headless; macOS: brew install openjdk@17) ` +
      `and put it in PATH or name it in JAVA_HOME.`,
  );
}

/**
 * The Maven that downloads the jars.
 * @throws MissingToolError where it does not run.
 */
export async function findMaven(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const answer = await runCommand('mvn', ['--version'], { env });
  if (answer?.status === 0) return 'mvn';
  throw new MissingToolError(
    'Apache Kafka is downloaded once through Maven, but "mvn" does not run. Install it ' +
      '(Debian, Ubuntu: apt install maven; macOS: brew install maven).',
  );
}
