import type { Command } from './command.ts'
import {
  explainOptionSpecs,
  genOptionSpecs,
  type OptionSpec,
  type OptionSpecs,
  type OptionValues,
  runOptionSpecs,
} from './option-specs.ts'

/**
 * Reads a command line that leaves no question; undefined for every other, which yargs reads, and of which it may have something to say.
 *
 * yargs and what it measures texts with take longer to load than a small job runs, and nearly every line is as plain as this: a command,
 * its job, options by their full names, each with a value of its own.
 */
export function readPlainLine(argv: readonly string[]): Command | undefined {
  const [name, ...rest] = argv
  switch (name) {
    case 'run': {
      const line = readOptions(rest, runOptionSpecs)
      return line?.words.length === 1 ? { name, job: line.words[0], values: line.values } : undefined
    }
    case 'gen': {
      const line = readOptions(rest, genOptionSpecs)
      return line?.words.length === 0 ? { name, values: line.values } : undefined
    }
    case 'explain': {
      const line = readOptions(rest, explainOptionSpecs)
      const isPlain =
        line?.words.length === 1 && (line.values.analyze === true || Object.keys(line.values).length === 0)
      return isPlain ? { name, job: line.words[0], values: line.values } : undefined
    }
    case 'list': {
      const line = readOptions(rest, {})
      if (line === undefined || line.words.length > 1) return undefined
      return line.words.length === 0 ? { name } : { name, job: line.words[0] }
    }
    default:
      return undefined
  }
}

/** The options and the words between them; undefined where there is a question. */
function readOptions(
  argv: readonly string[],
  specs: OptionSpecs,
): { readonly values: OptionValues; readonly words: readonly string[] } | undefined {
  const values: Record<string, OptionValues[string]> = {}
  const words: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const [, name, given] = /^--([^=]+)(?:=(.*))?$/s.exec(argv[at]) ?? []
    if (name === undefined) {
      words.push(argv[at])
      continue
    }
    if (!Object.hasOwn(specs, name)) return undefined
    const spec = specs[name]
    const isSwitch = spec.value === undefined
    const value = isSwitch ? switchValue(given, argv[at + 1]) : textValue(given ?? argv[++at], spec)
    if (value === undefined) return undefined
    if (spec.repeats === true) values[name] = [...((values[name] as string[] | undefined) ?? []), value as string]
    else if (values[name] === undefined) values[name] = value
    else return undefined
  }
  return words.every(isWord) ? { values, words } : undefined
}

function switchValue(given: string | undefined, next: string | undefined): boolean | undefined {
  if (given === undefined) return next === 'true' || next === 'false' ? undefined : true
  return given === 'true' ? true : given === 'false' ? false : undefined
}

function textValue(text: string | undefined, { choices }: OptionSpec): string | undefined {
  if (text === undefined || !isWord(text)) return undefined
  return choices === undefined || choices.includes(text) ? text : undefined
}

/** A text that is taken as it is written: neither empty, nor a flag, nor in quotes. */
function isWord(text: string): boolean {
  return /^[^-'"]/.test(text)
}
