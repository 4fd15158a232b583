import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { duration } from '../../ui/format.ts';

interface Props {
  readonly elapsedMs: number;
  /** The version that could be kept. */
  readonly keepable: number | null;
  onThrowAway(): void;
  onKeep(): void;
  onPause(): void;
  onClose(): void;
}

/** Three ways out; the safe one is focused. */
export function CancelDialog({ elapsedMs, keepable, onThrowAway, onKeep, onPause, onClose }: Props) {
  const closing = (act: () => void) => (): void => {
    onClose();
    act();
  };
  return (
    <Dialog
      title={words.train.cancelTitle}
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" className="danger" onClick={closing(onThrowAway)}>
            {words.train.cancelYes}
          </Button>
          <Button className="push" onClick={closing(keepable === null ? onPause : onKeep)}>
            {keepable === null ? words.train.pause : words.train.keep(keepable)}
          </Button>
          <Button look="primary" autoFocus onClick={onClose}>
            {words.train.cancelNo}
          </Button>
        </>
      }
    >
      <p className="dim">{words.train.cancelWhy(duration(elapsedMs / 1000), keepable)}</p>
    </Dialog>
  );
}
