/** A record as a test compares it. */
export interface Shown {
  readonly line: number
  readonly lines: number
  readonly byteOffset: number
  readonly lineEnd: string
  readonly fields: readonly { readonly text: string; readonly isQuoted: boolean }[]
  readonly told: readonly string[]
}

/** The records of a CSV, by one regular expression a field. */
export function recordsOracle(csv: string, escapedBy: '"' | '\\'): Shown[] {
  const records: Shown[] = []
  const pair = escapedBy === '\\' ? String.raw`\\["\\]|\\(?!["\\])|[^"\\]` : '[^"]'
  const quoted = new RegExp(String.raw`"((?:""|${pair})*)("?)([^,\r\n]*)`, 'y')
  const bare = /[^,\r\n]*/y
  let at = 0
  let line = 1
  while (at < csv.length) {
    const start = at
    const fields: Shown['fields'][number][] = []
    const told = new Set<string>()
    let lines = 1
    for (;;) {
      const isQuoted = csv[at] === '"'
      const form = isQuoted ? quoted : bare
      form.lastIndex = at
      const [all, inside = '', close = '', behind = ''] = form.exec(csv) ?? ['']
      at += all.length
      if (!isQuoted) {
        if (all.includes('"')) told.add('bare quote')
        fields.push({ text: all, isQuoted })
      } else {
        lines += inside.split(/\r\n|\r|\n/).length - 1
        if (close === '') told.add('open')
        if (behind === '') {
          if (/""/.test(escapedBy === '\\' ? inside.replaceAll(/\\["\\]/g, '') : inside)) told.add('doubled')
          if (escapedBy === '\\' && /\\/.test(inside.replaceAll(/\\["\\]/g, ''))) told.add('unknown escape')
          const text =
            escapedBy === '\\'
              ? inside.replaceAll(/\\(["\\])|""/g, (_, one) => one ?? '"')
              : inside.replaceAll('""', '"')
          fields.push({ text, isQuoted })
        } else {
          told.add('behind quote')
          fields.push({ text: all, isQuoted: false })
        }
      }
      if (csv[at] !== ',') break
      at++
    }
    const [end] = /^(\r\n|\r|\n|)/.exec(csv.slice(at)) ?? ['']
    at += end.length
    const lineEnd = { '\r\n': 'crlf', '\r': 'cr', '\n': 'lf' }[end] ?? 'none'
    records.push({
      line,
      lines,
      byteOffset: Buffer.byteLength(csv.slice(0, start)),
      lineEnd,
      fields,
      told: [...told].sort(),
    })
    line += lines
  }
  return records
}
