/** What Personalize says no with. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Ends a request with an error of Personalize's. */
export function refused(code: RefusalCode, message: string): never {
  throw new Refusal(code, message)
}

type RefusalCode =
  | 'InvalidInputException'
  | 'InvalidNextTokenException'
  | 'LimitExceededException'
  | 'ResourceAlreadyExistsException'
  | 'ResourceInUseException'
  | 'ResourceNotFoundException'
