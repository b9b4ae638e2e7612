import type { Argv } from 'yargs'
import type { OptionSpecs, OptionValues } from './option-specs.ts'
import { usageError } from './usage-error.ts'

/** Tells yargs of the options of a command. */
export function declare<T>(command: Argv<T>, specs: OptionSpecs): Argv<T> {
  for (const [name, { describe, value, choices, repeats }] of Object.entries(specs)) {
    command.option(name, {
      describe: value === undefined || choices !== undefined ? describe : `${value}: ${describe}`,
      ...(choices === undefined ? {} : { choices }),
      ...(value === undefined ? { type: 'boolean' as const } : { type: 'string' as const, requiresArg: true }),
      ...(repeats === true ? { array: true, nargs: 1 } : {}),
    })
  }
  return command
}

/** The values of the command's own options; yargs makes a list of an option that is given twice. */
export function ownValues(args: Readonly<Record<string, unknown>>, specs: OptionSpecs): OptionValues {
  const values: Record<string, OptionValues[string]> = {}
  for (const [name, { repeats = false }] of Object.entries(specs)) {
    const value = args[name] as OptionValues[string]
    if (value === undefined) continue
    if (Array.isArray(value) && !repeats) throw usageError(`--${name} is given twice`, args._ as string[])
    values[name] = value
  }
  return values
}
