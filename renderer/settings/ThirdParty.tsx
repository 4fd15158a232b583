import { api } from '../api/client.ts';
import { words } from '../copy/index.ts';
import { FailureCallout } from '../ui/Callout.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useAnswer } from '../ui/hooks.ts';
import { Meter } from '../ui/Meter.tsx';

/** The licences of what is not Tunesmith's own. */
export function ThirdParty({ onClose }: { onClose(): void }) {
  const { value, failure } = useAnswer((signal) => api.settings.thirdParty({}, signal), 'third-party');
  return (
    <Dialog title={words.settings.thirdParty} look="wide" onClose={onClose}>
      <FailureCallout failure={failure} />
      {value === null && failure === null && <Meter label={words.ui.loading} value={null} />}
      {value !== null && (
        <pre className="notices" tabIndex={0} role="region" aria-label={words.settings.thirdParty}>
          {value.text}
        </pre>
      )}
    </Dialog>
  );
}
