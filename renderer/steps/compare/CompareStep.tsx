import { useState } from 'react';
import { words } from '../../copy/index.ts';
import { useDraft } from '../../state/draft.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { NotYet } from '../NotYet.tsx';
import { Blind } from './Blind.tsx';
import { SideBySide } from './SideBySide.tsx';

type Way = 'side' | 'blind';

export function CompareStep() {
  const draft = useDraft((state) => state.draft)!;
  const [way, setWay] = useState<Way>('side');
  if (draft.run === null) return <NotYet step="compare" why={words.stepWords.locked} />;
  const tabs = (
    <Tabs<Way>
      label={words.compare.ways}
      chosen={way}
      onChoose={setWay}
      tabs={[
        { id: 'side', label: words.compare.side },
        { id: 'blind', label: words.compare.blind },
      ]}
    />
  );
  return way === 'side' ? <SideBySide run={draft.run} tabs={tabs} /> : <Blind run={draft.run} tabs={tabs} />;
}
