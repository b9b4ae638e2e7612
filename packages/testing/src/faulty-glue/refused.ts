/** A call that Glue would not follow. */
export class GlueRefusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }

  /** As a batch tells it of one of its members. */
  get detail(): { readonly ErrorCode: string; readonly ErrorMessage: string } {
    return { ErrorCode: this.code, ErrorMessage: this.message }
  }
}

export function notFound(what: string): GlueRefusal {
  return new GlueRefusal('EntityNotFoundException', `${what} not found.`)
}

export function alreadyThere(what: string): GlueRefusal {
  return new GlueRefusal('AlreadyExistsException', `${what} already exists.`)
}

export function changed(): GlueRefusal {
  return new GlueRefusal('ConcurrentModificationException', 'Update table failed due to concurrent modifications.')
}

export function invalid(member: string): GlueRefusal {
  return new GlueRefusal('InvalidInputException', `1 validation error detected: the value of ${member} is not allowed`)
}
