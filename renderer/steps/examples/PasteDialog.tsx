import { z } from 'zod';
import { words } from '../../copy/index.ts';
import { useKept } from '../../state/kept.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { importInputs } from './importing.ts';

/** Text from the clipboard, read like a file. What stands here is kept until it was read. */
export function PasteDialog({ draft, onClose }: { readonly draft: string; onClose(): void }) {
  const [text, setText, forget] = useKept(`paste.${draft}`, z.string(), '');
  const read = (): void => {
    forget();
    onClose();
    void importInputs(draft, [{ kind: 'text', text }]);
  };
  return (
    <Dialog
      title={words.examples.pasteTitle}
      look="wide"
      onClose={onClose}
      footer={
        <Button look="primary" className="push" disabled={text.trim() === ''} onClick={read}>
          {words.examples.pasteRead}
        </Button>
      }
    >
      <p className="small dim">{words.examples.pasteWhy}</p>
      <Field label={words.examples.pasteText}>
        <textarea
          className="input area tall"
          autoFocus
          value={text}
          onKeyDown={(event) => {
            if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && text.trim() !== '') read();
          }}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
