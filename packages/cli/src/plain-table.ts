import Table from 'cli-table3'

/** A table without lines or colours: columns stand three blanks apart. */
export function plainTable(colAligns: ('left' | 'right')[]): Table.Table {
  return new Table({ chars: PLAIN, style: { head: [], border: [], 'padding-left': 0 }, colAligns })
}

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}
