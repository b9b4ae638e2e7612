// @ts-check
// Rows in JavaScript: a line to a row with JSON.parse, rows to CSV text, rows to Parquet with hyparquet-writer.
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { wanted } from './task.js'

const ROW_GROUP_ROWS = 100_000

export const csvHeader = 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n'

/** Kept rows, by column. */
export class Rows {
  /** @type {string[]} */
  users = []
  /** @type {string[]} */
  items = []
  /** @type {string[]} */
  events = []
  /** @type {bigint[]} */
  seconds = []
  /** @type {Date[]} */
  times = []

  /**
   * Adds the row of a line, and gives its line of CSV; an empty text when the event is not wanted.
   * @param {string} line
   */
  add(line) {
    const { event, userId, properties, timestamp } = JSON.parse(line)
    if (!wanted.includes(event) || !userId || !properties?.sku) return ''
    const time = new Date(timestamp)
    const seconds = Math.floor(time.getTime() / 1000)
    this.users.push(userId)
    this.items.push(properties.sku)
    this.events.push(event)
    this.seconds.push(BigInt(seconds))
    this.times.push(time)
    return `${quoted(userId)},${quoted(properties.sku)},${event},${seconds}\n`
  }
}

/** A Parquet file that takes rows, and writes them when it is told to: when there are enough for a row group. */
export class TableFile {
  /** @param {string} file */
  constructor(file) {
    this.rows = new Rows()
    this.writer = new ParquetWriter({
      writer: fileWriter(file),
      schema: schemaFromColumnData({ columnData: columnsOf(this.rows) }),
    })
  }

  get isFull() {
    return this.rows.users.length >= ROW_GROUP_ROWS
  }

  /** Writes a row group. */
  async flush() {
    await this.writer.write({ columnData: columnsOf(this.rows), rowGroupSize: ROW_GROUP_ROWS })
    this.rows = new Rows()
  }

  async close() {
    if (this.rows.users.length > 0) await this.flush()
    await this.writer.finish()
  }
}

/** @param {Rows} rows */
function columnsOf({ users, items, events, seconds, times }) {
  return /** @type {import('hyparquet-writer').ColumnSource[]} */ ([
    { name: 'user_id', data: users, type: 'STRING', nullable: false },
    { name: 'item_id', data: items, type: 'STRING', nullable: false },
    { name: 'event_type', data: events, type: 'STRING', nullable: false },
    { name: 'timestamp_s', data: seconds, type: 'INT64', nullable: false },
    { name: 'event_time', data: times, type: 'TIMESTAMP', nullable: false },
  ])
}

/** @param {string} text */
function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
