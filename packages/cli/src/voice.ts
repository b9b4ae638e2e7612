import type { Progress, Report } from '@fletching/engine'
import { counted, formatBytes, formatDuration } from './figures.ts'
import type { OutputVerdict } from './output-verdict.ts'

/** What a run tells while it goes on and when it ends: to a person at a terminal, or as JSON lines to a program. */
export interface Voice {
  /** A line about something that was ignored or is worth knowing. */
  note(text: string): void
  started(job: string): void
  progress(progress: Progress): void
  /** Without verdicts nothing was looked at. */
  finished(report: Report, verdicts?: readonly OutputVerdict[]): Promise<void>
  /** Of a run that had started; a mistake in the command line is for people alone. */
  failed(kind: string, code: string, message: string): void
}

/** The voice for where standard output goes. Errors for people go to standard error in either case, by the caller. */
export function openVoice(out: NodeJS.WriteStream, err: NodeJS.WriteStream): Voice {
  return out.isTTY ? new Terminal(out, err) : new JsonLines(out)
}

/** How far a command is of which standard output is what was asked for: a line at a terminal, and nothing elsewhere. */
export function openProgress(
  err: NodeJS.WriteStream,
): Pick<Voice, 'progress' | 'note'> & { readonly clear: () => void } {
  const terminal = new Terminal(err, err)
  return {
    progress: (progress) => terminal.progress(progress),
    note: (text) => terminal.note(text),
    clear: () => terminal.failed(),
  }
}

class Terminal implements Voice {
  readonly #out: NodeJS.WriteStream
  readonly #err: NodeJS.WriteStream
  readonly #begin = performance.now()
  #last = 0
  #drawn = false

  constructor(out: NodeJS.WriteStream, err: NodeJS.WriteStream) {
    this.#out = out
    this.#err = err
  }

  note(text: string): void {
    this.#clear()
    this.#err.write(`${text}\n`)
  }

  started(): void {}

  progress(progress: Progress): void {
    const now = performance.now()
    // Where errors go to a file, a line that moves the cursor has no place.
    if (!this.#err.isTTY || now - this.#last < 100) return
    this.#last = now
    const line = progressLine(progress, now - this.#begin).slice(0, (this.#err.columns ?? 80) - 1)
    this.#err.write(`\r${line}\x1b[K`)
    this.#drawn = true
  }

  async finished(report: Report, verdicts: readonly OutputVerdict[] = []): Promise<void> {
    const { summary } = await import('./summary.ts')
    this.#clear()
    this.#out.write(summary(report, verdicts))
  }

  failed(): void {
    this.#clear()
  }

  #clear(): void {
    if (this.#drawn) this.#err.write('\r\x1b[K')
    this.#drawn = false
  }
}

/** One line: how much is read, the rows so far, the speed of the stored bytes, and the time left. */
function progressLine(progress: Progress, milliseconds: number): string {
  const { bytes, bytesTotal, objects, objectsTotal, rows } = progress
  const speed = milliseconds > 0 ? (bytes / milliseconds) * 1000 : 0
  const share =
    bytesTotal > 0 ? `${Math.floor((100 * bytes) / bytesTotal)} % of ${formatBytes(bytesTotal)}` : formatBytes(bytes)
  const left = bytesTotal > bytes && speed > 0 ? `, ${formatDuration(((bytesTotal - bytes) / speed) * 1000)} left` : ''
  return `${share}, ${objects}/${counted(objectsTotal, 'object')}, ${counted(rows, 'row')}, ${formatBytes(speed)}/s${left}`
}

class JsonLines implements Voice {
  readonly #out: NodeJS.WriteStream
  #last = performance.now()
  #isRunning = false

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  note(text: string): void {
    this.#write({ event: 'note', text })
  }

  started(job: string): void {
    this.#isRunning = true
    this.#write({ event: 'started', job })
  }

  progress(progress: Progress): void {
    const now = performance.now()
    if (now - this.#last < 5000) return
    this.#last = now
    this.#write({ event: 'progress', ...progress })
  }

  async finished(report: Report, verdicts: readonly OutputVerdict[] = []): Promise<void> {
    const { inputs, ...rest } = report
    const preflight = verdicts.map(({ output, verdict, failures, warnings, why }) => ({
      output,
      verdict,
      failures,
      warnings,
      why,
    }))
    this.#write({
      event: 'finished',
      objects: inputs.length,
      ...rest,
      ...(preflight.length === 0 ? {} : { preflight }),
    })
  }

  failed(kind: string, code: string, message: string): void {
    if (this.#isRunning) this.#write({ event: 'failed', kind, code, message })
  }

  #write(line: Record<string, unknown>): void {
    this.#out.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`)
  }
}
