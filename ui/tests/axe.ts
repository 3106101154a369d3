/** What axe finds in the window, in one line each; nothing is let pass. */
import axe from "axe-core";

export async function faults(only?: string[]): Promise<string[]> {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    ...(only ? { runOnly: only } : {}),
    // The frame around the tests is not ours.
    rules: { "page-has-heading-one": { enabled: true }, bypass: { enabled: true } },
  });
  return found.violations.flatMap((fault) =>
    fault.nodes.map((node) => `${fault.id}: ${fault.help}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`),
  );
}

/** What is wider than its place: nothing scrolls sideways but paths in code, and no words are cut without an ellipsis. */
export function overflows(): string[] {
  const wrong: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>("#app *, [data-bits-floating-content-wrapper] *")) {
    if (element.closest("pre, code, .visually-hidden, svg") || element.clientWidth === 0) continue;
    const style = getComputedStyle(element);
    if (style.display === "inline" || style.textOverflow === "ellipsis") continue;
    const over = element.scrollWidth - element.clientWidth;
    if (over > 1 && style.overflowX !== "visible")
      wrong.push(
        `${element.tagName.toLowerCase()}.${element.className}: ${over} px too wide: ${element.textContent?.trim().slice(0, 60)}`,
      );
  }
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over > 0) wrong.push(`the window: ${over} px too wide`);
  return wrong;
}
