import type { Fields } from './fields.ts'
import type { Random } from './random.ts'
import type { Source } from './source.ts'

/**
 * What the main job (`segment-to-personalize`) makes of a line: it is not JSON by the rules, it is wanted but a value
 * does not fit, it is not wanted, it becomes a row, or it is empty.
 */
export type TrapVerdict = 'malformed' | 'setAside' | 'filtered' | 'row' | 'blank'

/** What a trap may use beside the message that it spoils. */
export interface TrapSetting {
  readonly source: Source
  readonly random: Random
  /** Lines of wanted events that were written before, at least one. */
  readonly recent: readonly string[]
}

/** One kind of trap. */
export interface Trap {
  readonly description: string
  readonly verdict: TrapVerdict
  /** Makes a line, without its line feed, of a message that would become a row. The message is the trap's to change. */
  readonly spoil: (message: Fields, setting: TrapSetting) => string | Uint8Array
}

/** A trap that changes fields of the message and leaves the rest of the line alone. */
export function change(
  verdict: TrapVerdict,
  description: string,
  spoil: (message: Fields, setting: TrapSetting) => unknown,
): Trap {
  return {
    verdict,
    description,
    spoil: (message, setting) => {
      spoil(message, setting)
      return message.format(setting.source.style)
    },
  }
}

/** A trap that spoils the text of the line. */
export function spoilText(
  verdict: TrapVerdict,
  description: string,
  spoil: (line: string, setting: TrapSetting) => string | Uint8Array,
): Trap {
  return {
    verdict,
    description,
    spoil: (message, setting) => spoil(message.format(setting.source.style), setting),
  }
}

/** The properties of a wanted event. */
export function propertiesOf(message: Fields): Fields {
  return message.get('properties') as Fields
}
