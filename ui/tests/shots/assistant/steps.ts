import { vi } from "vitest";
import { $, click, row, toFolders } from "../../fixtures/assistant";

/** Some of the folders are kept here, some are not. */
export async function choose(): Promise<void> {
  await toFolders();
  await click(row("Projects").querySelector<HTMLElement>(".turn")!);
  await click(row("Raw video").querySelector<HTMLElement>(".tick")!);
  await click(row("Archive 1998–2015").querySelector<HTMLElement>(".tick")!);
  await vi.waitFor(() => $(".fit .progress"), 3000);
}
