import { Check } from 'lucide-react';
import type { Finding } from '#common/contract/app/examples.ts';
import { words } from '../../copy/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { effectOf, titleOf } from './finding-words.ts';

interface Props {
  readonly findings: readonly Finding[];
  readonly busy: boolean;
  onRepair(): void;
  onClose(): void;
}

/** What "Fix the safe ones" will do, said before it is done. */
export function SafeRepairsDialog({ findings, busy, onRepair, onClose }: Props) {
  return (
    <Dialog
      title={words.examples.safeTitle}
      onClose={onClose}
      footer={
        <Button look="primary" className="push" autoFocus busy={busy} onClick={onRepair}>
          {words.examples.safeDo}
        </Button>
      }
    >
      <ul className="effects">
        {findings.flatMap((finding) => {
          const repair = finding.repairs.find(({ safe }) => safe);
          return repair === undefined
            ? []
            : [
                <li key={finding.id}>
                  <Check className="icon accent" aria-hidden />
                  <span>
                    <strong>{titleOf(finding)}.</strong> {effectOf(finding, repair)}
                  </span>
                </li>,
              ];
        })}
      </ul>
      <p className="small dim">{words.examples.safeWhy}</p>
    </Dialog>
  );
}
