import { FolderInput } from 'lucide-react';
import { useRef } from 'react';
import { words } from '../copy/index.ts';
import { Button } from '../ui/Button.tsx';
import { FailureCallout } from '../ui/Callout.tsx';
import { useAction } from '../ui/hooks.ts';
import { importRun } from './run-actions.ts';

/** Takes in a run that was exported; what went wrong stays beside the button. */
export function ImportRun({ look = 'default' }: { readonly look?: 'default' | 'quiet' }) {
  const input = useRef<HTMLInputElement>(null);
  const work = useAction();
  return (
    <>
      <Button look={look} busy={work.busy} title={words.runs.importWhy} onClick={() => input.current?.click()}>
        <FolderInput className="icon" aria-hidden />
        {work.busy ? words.runs.importing : words.runs.import}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={words.runs.import}
        accept=".tunesmith,.zip"
        onChange={({ target }) => {
          const file = target.files?.[0];
          target.value = '';
          if (file !== undefined) void work.run(() => importRun(file));
        }}
      />
      {work.failure !== null && (
        <div className="import-failure">
          <FailureCallout failure={work.failure} />
        </div>
      )}
    </>
  );
}
