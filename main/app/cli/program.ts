/** Commands, arguments and options of the command line. */
import { Command, Option } from 'commander';
import type { ExitCode } from './exit.ts';
import { addImportOptions, addRecipeOptions, baseOption, checkOption, templateOption, type Given } from './options.ts';
import { appVersion } from '../version.ts';
import type { Workplace } from './workplace.ts';

/** What a command does when its words have been understood. Its modules are loaded only then. */
export type Action = (work: Workplace) => Promise<ExitCode | void>;
/** Runs an action with `--json` as given. */
export type Perform = (json: boolean, action: Action) => Promise<void>;

export function createProgram(perform: Perform): Command {
  const program = new Command('tunesmith')
    .description('Teach a small language model your own examples, on your own computer, and install it into Ollama.')
    .version(appVersion())
    .showHelpAfterError('(tunesmith COMMAND --help explains the command)')
    .enablePositionalOptions();
  /** Adds `--json` and turns commander's arguments into an action. */
  const command = (usage: string, description: string, parent: Command = program): Command =>
    parent.command(usage).description(description).option('--json', 'one JSON object a line on standard output');
  const run = (given: Given, action: Action): Promise<void> => perform(given['json'] !== undefined, action);

  const models = command('models', 'models that could be taught, and whether they fit this computer').action(
    (given: Given) => run(given, async (work) => (await import('./commands/models.ts')).models(work)),
  );
  command('download <ID>', 'fetch a model of the catalogue; Ctrl-C pauses, the same command goes on', models)
    .option('--accept-license', 'you have read the licence of the model and accept it')
    .action((id: string, given: Given, self: Command) =>
      run({ ...self.parent?.opts<Given>(), ...given }, async (work) =>
        (await import('./commands/download.ts')).download(work, id, given['acceptLicense'] !== undefined),
      ),
    );
  command('delete <ID>', 'delete a downloaded model', models).action((id: string, given: Given, self: Command) =>
    run({ ...self.parent?.opts<Given>(), ...given }, async (work) =>
      (await import('./commands/download.ts')).deleteDownloaded(work, id),
    ),
  );
  command('inspect <BASE>', 'what a model file is, and whether it can be taught').action((base: string, given: Given) =>
    run(given, async (work) => (await import('./commands/models.ts')).inspect(work, base)),
  );

  addImportOptions(command('import <FILES...>', 'read examples, and say what is not used and why'))
    .option('--out <FILE>', 'write the examples to this file, one JSON example a line')
    .action((files: string[], given: Given) =>
      run(given, async (work) => (await import('./commands/import.ts')).importCommand(work, files, given)),
    );

  addImportOptions(command('preview <FILES...>', 'the examples as the model reads them'))
    .addOption(baseOption())
    .addOption(templateOption())
    .option('--row <N>', 'only this example')
    .option('--max-tokens <N>', 'longer examples are cut to this many tokens')
    .action((files: string[], given: Given) =>
      run(given, async (work) => (await import('./commands/preview.ts')).preview(work, files, given)),
    );

  addRecipeOptions(addImportOptions(command('rehearse <FILES...>', 'a few real steps: memory, time, will it fit')))
    .addOption(baseOption())
    .action((files: string[], given: Given) =>
      run(given, async (work) => (await import('./commands/train.ts')).rehearseCommand(work, files, given)),
    );

  const question = (): Option =>
    new Option('--question <TEXT>', 'a question of your own, answered at every evaluation (may be repeated)').argParser(
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
    );
  addRecipeOptions(
    addImportOptions(command('tune <FILES...>', 'the whole job: import, train, shrink, and install if asked')),
  )
    .addOption(baseOption())
    .requiredOption('--out <DIR>', 'where the adapter, the model, its Modelfile and run.json go')
    .option('--quant <TYPE>', 'type of the weights, e.g. Q8_0 (default: by the size of the base)')
    .option('--install <NAME>', 'install into Ollama under this name')
    .option('--replace', 'replace a model of that name in Ollama')
    .addOption(question())
    .action((files: string[], given: Given) =>
      run(given, async (work) => (await import('./commands/train.ts')).tuneCommand(work, files, given)),
    );
  addRecipeOptions(addImportOptions(command('train <FILES...>', 'practise on the examples')))
    .addOption(baseOption())
    .addOption(question())
    .action((files: string[], given: Given) =>
      run(given, async (work) => (await import('./commands/train.ts')).trainCommand(work, files, given)),
    );
  command('resume <RUN>', 'go on with a run that was paused or interrupted').action((id: string, given: Given) =>
    run(given, async (work) => (await import('./commands/train.ts')).resumeCommand(work, id)),
  );

  command('shrink <RUN>', 'make one model file of a run')
    .requiredOption('--quant <TYPE>', 'type of the weights: F16, Q8_0, Q6_K, Q5_K_M, Q4_K_M, Q4_0, …')
    .option('--out <DIR>', 'where it goes (default: the run’s own folder)')
    .addOption(checkOption())
    .action((id: string, given: Given) =>
      run(given, async (work) => (await import('./commands/runs.ts')).shrinkCommand(work, id, given)),
    );
  command('install <RUN>', 'install the model of a run into Ollama, and check that both agree')
    .requiredOption('--name <NAME>', 'its name in Ollama')
    .option('--quant <TYPE>', 'which model, where there are several')
    .option('--replace', 'replace a model of that name')
    .action((id: string, given: Given) =>
      run(given, async (work) => (await import('./commands/runs.ts')).installCommand(work, id, given)),
    );

  command('chat', 'ask a model: one question, many, or a conversation')
    .addOption(baseOption())
    .option('--adapter <FILE>', 'with what was learned: an adapter.gguf')
    .option('--prompt <TEXT>', 'one question')
    .option('--prompts <FILE>', 'many: one question a line, or JSON lines with "prompt"')
    .option('--system <TEXT>', 'a system prompt')
    .option('--temperature <X>', '0 always takes the likeliest word (default: 0; in a conversation 0.2)')
    .option('--repeat-penalty <X>', '1 is none (default: 1; in a conversation 1.1)')
    .option('--max-tokens <N>', 'longest answer (default: 512)')
    .option('--context <N>', 'most tokens of a conversation (default: 4096)')
    .option('--seed <N>', 'start of the random numbers')
    .addOption(new Option('--device <NAME>', 'where to compute').choices(['auto', 'cpu']))
    .option('--threads <N>', 'processor threads, or "auto"')
    .addOption(templateOption())
    .action((given: Given) =>
      run(given, async (work) => (await import('./commands/chat.ts')).chatCommand(work, given)),
    );
  command('compare <RUN>', 'the base and the tuned model side by side')
    .option('--prompts <FILE>', 'questions (default: some of the held-out examples)')
    .option('--limit <N>', 'at most this many questions')
    .option('--temperature <X>', '0 always takes the likeliest word (default)')
    .option('--max-tokens <N>', 'longest answer')
    .addOption(checkOption())
    .action((id: string, given: Given) =>
      run(given, async (work) => (await import('./commands/runs.ts')).compareCommand(work, id, given)),
    );
  addImportOptions(command('evaluate <FILES...>', 'how well a model does on examples'))
    .addOption(baseOption())
    .option('--adapter <FILE>', 'with what was learned: an adapter.gguf')
    .option('--answers', 'also generate the answers and put them to the check')
    .option('--show-answers', 'show each answer')
    .addOption(checkOption())
    .option('--max-tokens <N>', 'longer examples are cut to this many tokens')
    .option('--max-answer-tokens <N>', 'longest answer (default: 256)')
    .option('--threads <N>', 'processor threads, or "auto"')
    .addOption(templateOption())
    .action((files: string[], given: Given) =>
      run(given, async (work) => (await import('./commands/evaluate.ts')).evaluateCommand(work, files, given)),
    );

  const runs = command('runs [RUN]', 'all runs, or everything about one').action(
    (id: string | undefined, given: Given) =>
      run(given, async (work) => (await import('./commands/runs.ts')).runsCommand(work, id)),
  );
  command('delete <RUN>', 'delete a run with its files', runs).action((id: string, given: Given, self: Command) =>
    run({ ...self.parent?.opts<Given>(), ...given }, async (work) =>
      (await import('./commands/runs.ts')).deleteCommand(work, id),
    ),
  );
  command('export <RUN>', 'a run as one file')
    .requiredOption('--to <FILE>', 'the file to write (a zip), such as lessons.tunesmith')
    .action((id: string, given: Given) =>
      run(given, async (work) => (await import('./commands/runs.ts')).exportCommand(work, id, given)),
    );
  command('import-run <FILE>', 'take in a run that export wrote, with its data and adapter').action(
    (file: string, given: Given) =>
      run(given, async (work) => (await import('./commands/runs.ts')).importRunCommand(work, file)),
  );
  return program;
}
