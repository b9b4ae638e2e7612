import { type CsvRecord, CsvRecordScanner } from '@fletching/csv'

/** What stands before a quote in a quoted field of a CSV. */
export type CsvEscape = '"' | '\\'

/**
 * Reads CSV bytes by both rules and counts the records that break each. Only a backslash makes a difference: where it escapes, it stands in
 * quotes, before a quote or another backslash, and no quote is doubled; where it is a character like others, records read by the first rule
 * have fields that do not end, or another number of them.
 */
export class CsvRules {
  readonly broken = { '\\': 0, '"': 0 }

  /** Objects are told apart by a call for each. */
  async look(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const scanners = (['\\', '"'] as const).map((csvEscape) => this.#scanner(csvEscape))
    for await (const piece of pieces) for (const scanner of scanners) scanner.push(piece)
    for (const scanner of scanners) scanner.flush()
  }

  /** The rule that fewer records break; the backslash where both do as well. */
  get escape(): CsvEscape {
    return this.broken['"'] < this.broken['\\'] ? '"' : '\\'
  }

  #scanner(csvEscape: CsvEscape): CsvRecordScanner {
    let width = 0
    return new CsvRecordScanner({ escape: csvEscape }, (record) => {
      if (width === 0) width = record.fieldCount
      else if (record.isBlank && width > 1) return
      const isBroken =
        record.fieldCount !== width ||
        record.isOpen ||
        record.isCut ||
        record.hasTextBehindQuote ||
        record.hasBareQuote ||
        (csvEscape === '\\' && (record.hasDoubledQuote || record.hasUnknownEscape || hasBareBackslash(record)))
      if (isBroken) this.broken[csvEscape]++
    })
  }
}

function hasBareBackslash(record: CsvRecord): boolean {
  for (let field = 0; field < record.fieldCount; field++) {
    if (!record.isQuoted(field) && record.bytes(field).includes(BACKSLASH)) return true
  }
  return false
}

export const BACKSLASH = 0x5c
