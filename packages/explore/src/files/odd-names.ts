/*
 * Libraries make objects of structs by assignment, in which a member called `__proto__` is lost. They are given another name for it, and their values get
 * its own back, as a member like any other.
 */

const NAME = '__proto__'
const STAND_IN = '\0__proto__'

/** What a library is to call a name, so that it keeps its values. */
export function keptName(name: string): string {
  return name === NAME ? STAND_IN : name
}

/** What a library's name stands for. */
export function trueName(kept: string): string {
  return kept === STAND_IN ? NAME : kept
}

/** A value with the true names of the members of its objects, at every depth. */
export function withTrueNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTrueNames)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [trueName(name), withTrueNames(member)]))
}
