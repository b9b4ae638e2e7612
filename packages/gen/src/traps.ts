import { malformedTraps } from './malformed-traps.ts'
import { shapeTraps } from './shape-traps.ts'
import { timestampTraps } from './timestamp-traps.ts'
import type { Trap, TrapVerdict } from './trap.ts'
import { valueTraps } from './value-traps.ts'

const table = { ...malformedTraps, ...valueTraps, ...timestampTraps, ...shapeTraps }

/** The name of a kind of trap, as in `--trap-kinds cut-line,crlf`. */
export type TrapKind = keyof typeof table

/** Every kind of trap, with what the main job makes of such a line. */
export const trapKinds: readonly {
  readonly kind: TrapKind
  readonly description: string
  readonly verdict: TrapVerdict
}[] = (Object.keys(table) as TrapKind[]).map((kind) => {
  const { description, verdict } = trapOf(kind)
  return Object.freeze({ kind, description, verdict })
})

/** The kinds that leave a line well-formed: a set with these alone passes a run that stops at malformed lines. */
export const wellFormedTrapKinds: readonly TrapKind[] = trapKinds
  .filter(({ verdict }) => verdict !== 'malformed')
  .map(({ kind }) => kind)

/** The kinds that make a line malformed. */
export const malformedTrapKinds: readonly TrapKind[] = trapKinds
  .filter(({ verdict }) => verdict === 'malformed')
  .map(({ kind }) => kind)

export function trapOf(kind: TrapKind): Trap {
  return table[kind]
}

export function isTrapKind(name: string): name is TrapKind {
  return Object.hasOwn(table, name)
}
