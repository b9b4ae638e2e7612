/*
 * The SDK holds the model of the service as data: an operation knows the structures of its input and its output, and a structure its members, of
 * which the first so many are needed. What the SDK sends is no proof of itself: it sends whatever it is given.
 */

/** A kind of value, by the SDK's numbers: a number for what is simple, a list for a structure or a list, a function for one of them told later. */
type Shape = number | readonly unknown[] | (() => Shape)

/** What a service takes and gives, as the SDK's package for it has it. */
export interface SdkModel {
  /** Whether the service has such an operation. */
  readonly isOperation: (name: string) => boolean
  /** What is wrong with the input of an operation; nothing when it is as the model has it. */
  readonly wrongInInput: (operation: string, input: unknown) => string[]
  /** What is wrong with an answer. */
  readonly wrongInOutput: (operation: string, output: unknown) => string[]
  /** What is wrong with an error: an operation may only give those that the model knows. */
  readonly wrongInError: (code: string, error: unknown) => string[]
}

/** The model that a package of the SDK carries. */
export function sdkModel(sdk: object): SdkModel {
  const shapeOf = (name: string): readonly unknown[] | undefined => {
    const shape = (sdk as Readonly<Record<string, unknown>>)[`${name}$`]
    return Array.isArray(shape) ? shape : undefined
  }
  return {
    isOperation: (name) => shapeOf(name) !== undefined,
    wrongInInput: (operation, input) => wrongIn(shapeOf(operation)?.[4] as Shape, input, `${operation} input`),
    wrongInOutput: (operation, output) => wrongIn(shapeOf(operation)?.[5] as Shape, output, `${operation} output`),
    wrongInError: (code, error) => {
      const shape = shapeOf(code)
      return shape === undefined ? [`there is no error ${code}`] : wrongIn(shape, error, code)
    },
  }
}

function wrongIn(shape: Shape, value: unknown, place: string): string[] {
  if (typeof shape === 'function') return wrongIn(shape(), value, place)
  if (typeof shape === 'number' && shape >= MAP_OF) return wrongInMap(shape - MAP_OF, value, place)
  if (typeof shape === 'number' && shape >= LIST_OF) return wrongInList(shape - LIST_OF, value, place)
  if (typeof shape === 'number')
    return isSimple(shape, value) ? [] : [`${place} is ${JSON.stringify(value)}, not ${simple[shape]}`]
  const [kind] = shape
  if (kind === STRUCTURE || kind === ERROR) return wrongInStructure(shape, value, place)
  if (kind === LIST) return wrongInList(shape[4] as Shape, value, place)
  // A member with traits.
  if (typeof kind === 'function') return wrongIn(kind as () => Shape, value, place)
  return [`${place} has a kind that this server does not know`]
}

function wrongInList(item: Shape, value: unknown, place: string): string[] {
  if (!Array.isArray(value)) return [`${place} is no list`]
  return value.flatMap((each, index) => wrongIn(item, each, `${place}[${index}]`))
}

function wrongInMap(member: Shape, value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${place} is no map`]
  return Object.entries(value).flatMap(([name, each]) => wrongIn(member, each, `${place}.${name}`))
}

function wrongInStructure(shape: readonly unknown[], value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${place} is no structure`]
  const [, , , , names, shapes, needed = 0] = shape as [0, 0, 0, 0, readonly string[], readonly Shape[], number?]
  const members = Object.entries(value)
  return [
    ...names
      .slice(0, needed)
      .filter((name) => (value as Record<string, unknown>)[name] === undefined)
      .map((name) => `${place} lacks ${name}`),
    ...members.flatMap(([name, member]) => {
      const index = names.indexOf(name)
      return index < 0
        ? [`${place} has ${name}, which the model does not know`]
        : wrongIn(shapes[index], member, `${place}.${name}`)
    }),
  ]
}

const LIST = 1
const STRUCTURE = 3
const ERROR = -3

/** Added to the number of what is simple: a list of it, a map from text to it. */
const LIST_OF = 64
const MAP_OF = 128

/** Those that the operations of our servers use; times go over the wire as seconds. */
const simple: Readonly<Record<number, string>> = {
  0: 'a text',
  1: 'a number',
  2: 'true or false',
  4: 'a time in seconds',
}

function isSimple(shape: number, value: unknown): boolean {
  switch (shape) {
    case 0:
      return typeof value === 'string'
    case 1:
    case 4:
      return typeof value === 'number'
    case 2:
      return typeof value === 'boolean'
    default:
      return false
  }
}
