/** A command of a page, and what the page says it prints. */
export interface ConsoleStep {
  /** As one types it; may go over several lines. */
  readonly command: string
  /** Lines, each ended; `…` stands for any lines where it is alone, and within a line for any text. */
  readonly shown: string
}

/**
 * The commands of a page in Markdown: of each block that is marked `console`, the lines that begin with `$ `. A command goes on to the next
 * line behind a backslash and within single quotes; what follows it is what it prints.
 */
export function consoleSteps(page: string): ConsoleStep[] {
  const blocks = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block]) => block)
  return blocks.flatMap((block) => {
    const steps: { command: string; shown: string }[] = []
    for (const line of block.trimEnd().split('\n')) {
      const last = steps.at(-1)
      if (last !== undefined && last.shown === '' && goesOn(last.command)) last.command += `\n${line}`
      else if (line.startsWith('$ ')) steps.push({ command: line.slice('$ '.length), shown: '' })
      else if (last === undefined) throw new Error(`a block begins with no command: ${line}`)
      else last.shown += `${line}\n`
    }
    return steps
  })
}

function goesOn(command: string): boolean {
  return command.endsWith('\\') || command.split("'").length % 2 === 0
}

/** Whether a command has printed what the page shows. Blanks at the ends of lines say nothing. */
export function isAsShown(shown: string, printed: string): boolean {
  const pattern = withoutEndBlanks(shown)
    .split(/(?<=\n)/)
    .map((line) => (line === '…\n' ? '(?:.*\\n)*' : line.split('…').map(literal).join('.*')))
    .join('')
  return new RegExp(`^${pattern}$`).test(withoutEndBlanks(printed))
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

function withoutEndBlanks(text: string): string {
  return text.replace(/[^\S\n]+$/gm, '')
}
