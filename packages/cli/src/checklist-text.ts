import { counted, formatBytes, formatCount } from './figures.ts'

/** What is shown of a checklist; that of `personalize` is one. */
export interface ShownChecklist {
  readonly verdict: string
  readonly findings: readonly ShownFinding[]
  readonly figures: {
    readonly bytes: number
    readonly records: number
    readonly users: number
    readonly usersWithTwo: number
    readonly items: number
    readonly eventTypes: readonly { readonly name: string; readonly count: number }[]
    readonly first: number | undefined
    readonly last: number | undefined
    readonly isEstimated: boolean
  }
}

interface ShownFinding {
  readonly code: string
  readonly severity: string
  readonly what: string
  readonly count: number
  readonly places: readonly { readonly object: string; readonly line?: number; readonly column?: string }[]
  readonly help: string
}

/** A checklist for a person: the verdict, the figures, and what was found with its way out. */
export function checklistText({ verdict, findings, figures }: ShownChecklist): string {
  const { bytes, records, users, usersWithTwo, items, eventTypes, first, last, isEstimated } = figures
  const about = isEstimated ? 'about ' : ''
  return [
    `${verdict}: ${counted(records, 'record')}, ${formatBytes(bytes)}`,
    ...(users > 0
      ? [`users: ${about}${formatCount(users)}, with two interactions: ${about}${formatCount(usersWithTwo)}`]
      : []),
    ...(items > 0 ? [`items: ${about}${formatCount(items)}`] : []),
    ...(eventTypes.length > 0
      ? [`events: ${eventTypes.map(({ name, count }) => `${JSON.stringify(name)} ${formatCount(count)}`).join(', ')}`]
      : []),
    ...(first === undefined || last === undefined ? [] : [`time: ${dayOf(first)} to ${dayOf(last)}`]),
    ...findingsText(findings),
    '',
  ].join('\n')
}

/** The lines that say what was found. */
export function findingsText(findings: readonly ShownFinding[]): string[] {
  return findings.flatMap(({ code, severity, what, count, places, help }) => [
    `${severity} ${code}: ${what}${count > 1 ? ` (${formatCount(count)} times)` : ''}`,
    ...places.map(
      ({ object, line, column }) =>
        `  at ${[object, ...(line === undefined ? [] : [`line ${line}`]), ...(column === undefined ? [] : [`column ${column}`])].join(', ')}`,
    ),
    `  ${help}`,
  ])
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
