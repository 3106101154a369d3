/** The focus never falls out of the window. */

/** So many of the places where it was are kept. */
const KEPT = 12;
/** Whoever moves it on purpose has done so by then. */
const PATIENCE = 100;

const canHave = (element: HTMLElement) =>
  element.isConnected && element.offsetParent !== null && !element.matches(":disabled");

/**
 * Once what had the focus is gone, it is where it was before, or at the heading
 * of the view. Returns how to end it.
 */
export function keepFocus(): () => void {
  let before: HTMLElement[] = [];
  let clock: ReturnType<typeof setTimeout> | undefined;

  const came = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    // What it is in, as a row, is nearer than whatever was before.
    const around = target.parentElement?.closest<HTMLElement>("[tabindex]");
    const now = around ? [around, target] : [target];
    before = [...before.filter((one) => !now.includes(one)), ...now].slice(-KEPT);
  };
  const look = () => {
    clock = undefined;
    const last = before.at(-1);
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    before = before.filter(canHave);
    (before.at(-1) ?? document.querySelector<HTMLElement>("h1"))?.focus();
  };
  const changes = new MutationObserver(() => {
    if (document.activeElement === document.body) clock ??= setTimeout(look, PATIENCE);
  });

  document.addEventListener("focusin", came);
  changes.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", came);
    changes.disconnect();
    clearTimeout(clock);
  };
}
