/** Numbers for the names of events, in the order in which they come up; those for which there is no room share the last one. */
export class EventNames {
  readonly #numbers = new Map<string, number>()

  numberOf(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    const number = this.#numbers.size
    if (number === NAMES_MAX) return number
    this.#numbers.set(name, number)
    return number
  }

  get names(): readonly string[] {
    return [...this.#numbers.keys()]
  }
}

/** Personalize takes ten types of events and optional columns together. */
export const NAMES_MAX = 100
