import type { Finding, FindingPlace } from './finding.ts'
import type { Rule } from './rule.ts'

/** What is found on the way, by code: how often, and where the first times. */
export class Findings<C extends string> {
  readonly #rules: Readonly<Record<C, Rule>>
  readonly #found = new Map<C, { count: number; what: string | undefined; places: FindingPlace[] }>()

  constructor(rules: Readonly<Record<C, Rule>>) {
    this.#rules = rules
  }

  /** Adds one, or `count` of one place; `what` says it with figures. */
  add(code: C, place?: FindingPlace, parts: { readonly what?: string; readonly count?: number } = {}): void {
    let found = this.#found.get(code)
    if (found === undefined) {
      found = { count: 0, what: parts.what, places: [] }
      this.#found.set(code, found)
    }
    found.count += parts.count ?? 1
    if (place !== undefined && found.places.length < PLACES_MAX) found.places.push(place)
  }

  has(code: C): boolean {
    return this.#found.has(code)
  }

  /** Whether one more place would be kept: of a fault in every record most need not be made. */
  needsPlace(code: C): boolean {
    return (this.#found.get(code)?.places.length ?? 0) < PLACES_MAX
  }

  /** Failures first, then warnings, then notes; each kind in the order in which they were first found. */
  all(): readonly Finding[] {
    const findings = [...this.#found].map(([code, { count, what, places }]): Finding => {
      const rule = this.#rules[code]
      return { code, severity: rule.severity, what: what ?? rule.what, count, places, help: rule.help }
    })
    return (['failure', 'warning', 'note'] as const).flatMap((severity) =>
      findings.filter((finding) => finding.severity === severity),
    )
  }
}

const PLACES_MAX = 5
