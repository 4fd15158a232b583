import { useEffect, useState } from 'react';
import { X } from 'lucide-react';
import { words } from '../copy/index.ts';
import { dismissToast, useToasts } from '../state/toasts.ts';

/** Stays eight seconds, and as long as it is pointed at or holds the focus. */
export function Toaster() {
  const toast = useToasts((state) => state.toast);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (toast === null || held) return;
    const timer = setTimeout(() => dismissToast(toast.id), 8000);
    return () => clearTimeout(timer);
  }, [toast, held]);
  return (
    <div role="status" className="toasts">
      {toast !== null && (
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
      )}
    </div>
  );
}
