import type { Accounting } from '@fletching/engine'
import { filterReasons, type OracleCounts, setAsideCodes } from './segment-to-personalize.ts'

/** An accounting in the oracle's words: lines are set aside by code whatever the column, and malformed whatever the code. */
export function countsOf({ lines, blank, rows, filtered, setAside, malformed }: Accounting): OracleCounts {
  const byCode: Record<string, number> = zeros(setAsideCodes)
  for (const [name, count] of Object.entries(setAside)) {
    const code = name.slice(name.indexOf(': ') + 2)
    byCode[code] = (byCode[code] ?? 0) + count
  }
  return {
    lines,
    blank,
    malformed: Object.values(malformed).reduce((sum, count) => sum + count, 0),
    filtered: { ...zeros(filterReasons), ...filtered },
    setAside: byCode as OracleCounts['setAside'],
    rows,
  }
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
}
