/** Where a link into a section leads: it is brought into sight, and has the focus. */
import type { Attachment } from "svelte/attachments";

export const arrive =
  (asked: boolean): Attachment<HTMLElement> =>
  (element) => {
    if (!asked) return;
    // The view has its own first place for the focus; this is later.
    const clock = setTimeout(() => {
      element.scrollIntoView({ block: "nearest" });
      element.focus({ preventScroll: true });
    });
    return () => clearTimeout(clock);
  };
