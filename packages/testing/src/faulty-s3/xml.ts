/** An element around texts and elements; texts are escaped by `text`. */
export function element(name: string, ...content: readonly string[]): string {
  return `<${name}>${content.join('')}</${name}>`
}

/** A text as S3 writes it: what XML would change or cannot hold stands as a reference, controls too. */
export function text(value: string | number | boolean): string {
  return String(value).replace(/[&<>"\p{Cc}]/gu, (character) => {
    return named[character] ?? `&#x${character.charCodeAt(0).toString(16)};`
  })
}

/** A whole document. */
export function document(root: string, ...content: readonly string[]): Buffer {
  const attribute = root === 'Error' ? '' : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${content.join('')}</${root}>`)
}

/** The parts that a CompleteMultipartUpload names; undefined when it is not what such a request looks like. */
export function parseParts(body: string): { readonly number: number; readonly etag: string }[] | undefined {
  if (!/<CompleteMultipartUpload\b[^>]*>.*<\/CompleteMultipartUpload>\s*$/s.test(body)) return undefined
  const parts = [...body.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => ({
    number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
    etag: (/<ETag>(.*?)<\/ETag>/s.exec(part)?.[1] ?? '').replaceAll(/&quot;|&#34;/g, '"'),
  }))
  return parts.length === 0 || parts.some(({ number }) => Number.isNaN(number)) ? undefined : parts
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
