import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

/**
 * node-llama-cpp tries its library in a forked process before it loads it. In Electron a fork of the app's own program would start the app
 * once more (releases are built without RunAsNode), so there the trial is answered as passed. Nothing is lost by it: the chat is a
 * process of its own already, and its death is an ordinary error. Called before node-llama-cpp is imported.
 */
export function skipSelfTest(): void {
  const { fork } = childProcess;
  const standIn = (file: string | URL, ...rest: readonly unknown[]): unknown =>
    path.basename(String(file)) === 'testBindingBinary.js'
      ? passedTrial()
      : (fork as (...all: readonly unknown[]) => unknown)(file, ...rest);
  childProcess.fork = standIn as typeof fork;
  syncBuiltinESMExports();
}

/** What the trial's process says when all is well: ready, loaded, done, and it ends. */
function passedTrial(): EventEmitter {
  const answers: Readonly<Record<string, string>> = { start: 'loaded', test: 'done' };
  const trial = Object.assign(new EventEmitter(), {
    exitCode: null as number | null,
    killed: false,
    kill: () => true,
    send({ type }: { readonly type: string }) {
      const answer = answers[type];
      setImmediate(() => {
        if (answer !== undefined) return trial.emit('message', { type: answer });
        trial.exitCode = 0;
        return trial.emit('exit', 0);
      });
      return true;
    },
  });
  setImmediate(() => trial.emit('message', { type: 'ready' }));
  return trial;
}
