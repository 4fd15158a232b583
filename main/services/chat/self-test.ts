import childProcess, { type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const selfTest = 'testBindingBinary.js';

/**
 * node-llama-cpp first loads its library in a trial process, by forking the program that runs. In the packaged app that
 * program is the app: a second copy of it would start, and the trial would fail. Here the trial is answered at once as passed. A
 * library that cannot be loaded then ends this process, which its parent reports like any other death.
 *
 * To be called before node-llama-cpp is imported. Every other fork stays what it is. Returns how to undo it.
 */
export function answerSelfTest(): () => void {
  const { fork } = childProcess;
  childProcess.fork = ((file: string | URL, ...rest: unknown[]) =>
    path.basename(String(file)) === selfTest
      ? (new PassedTrial() as unknown as ChildProcess)
      : (fork as (...all: unknown[]) => ChildProcess)(file, ...rest)) as typeof fork;
  syncBuiltinESMExports();
  return () => {
    childProcess.fork = fork;
    syncBuiltinESMExports();
  };
}

/** Says what the trial process says when all is well: ready, loaded, done, and exit 0. */
class PassedTrial extends EventEmitter {
  exitCode: number | null = null;
  readonly killed = false;

  constructor() {
    super();
    this.#say('ready');
  }

  send({ type }: { readonly type: string }): boolean {
    if (type === 'start') this.#say('loaded');
    if (type === 'test') this.#say('done');
    if (type === 'exit') setImmediate(() => this.kill());
    return true;
  }

  kill(): boolean {
    if (this.exitCode === null) {
      this.exitCode = 0;
      this.emit('exit', 0, null);
    }
    return true;
  }

  #say(type: string): void {
    setImmediate(() => this.emit('message', { type }));
  }
}
