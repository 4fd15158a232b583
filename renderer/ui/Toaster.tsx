import { useEffect, useState } from 'react';
import { X } from 'lucide-react';
import { words } from '../copy/index.ts';
import { dismissToast, useToasts, type Toast } from '../state/toasts.ts';

/** One at a time: a new one takes the place of the one before. */
export function Toaster() {
  const toast = useToasts((state) => state.toast);
  return (
    <div role="status" className="toasts">
      {toast !== null && <ToastCard key={toast.id} toast={toast} />}
    </div>
  );
}

/**
 * Stays eight seconds, and as long as it is pointed at or holds the focus. Whether it is held belongs to this toast: one that is closed under the
 * pointer tells of no leaving, and the next would stay for ever.
 */
function ToastCard({ toast }: { readonly toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(toast.id), 8000);
    return () => clearTimeout(timer);
  }, [toast, held]);
  return (
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{toast.text}</span>
      {toast.action !== undefined && (
        <button
          type="button"
          className="link"
          onClick={() => {
            toast.action?.run();
            dismissToast(toast.id);
          }}
        >
          {toast.action.label}
        </button>
      )}
      <button type="button" className="link" aria-label={words.ui.close} onClick={() => dismissToast(toast.id)}>
        <X className="icon" aria-hidden />
      </button>
    </div>
  );
}
