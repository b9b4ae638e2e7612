/** A step in the words of its plan on a line of a terminal: of a long one the beginning. `explain` prints the whole. */
export function stepWords(step: string): string {
  const [beginning] = /^.{0,120}/su.exec(step) ?? ['']
  return beginning === step ? step : `${beginning}…`
}
