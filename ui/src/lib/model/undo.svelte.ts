/** The last thing that can be taken back: a bar of ten seconds, and Ctrl Z. */

export type Undoable = { sentence: string; undo: () => void | Promise<void> };

class Undo {
  last = $state.raw<Undoable | null>(null);

  offer(sentence: string, undo: Undoable["undo"]): void {
    this.last = { sentence, undo };
  }

  dismiss(): void {
    this.last = null;
  }

  async run(): Promise<void> {
    const last = this.last;
    this.last = null;
    await last?.undo();
  }
}

export const undoing = new Undo();
