// @ts-check
import { linesOf } from '../contest/inputs.js'
import { RowDigest } from './digest.js'

/**
 * The rows that must come out of a set of input, found in the plainest way.
 *
 * @param {string} folder
 * @param {import('../contest/inputs.js').SetName} set
 */
export function expectedOf(folder, set) {
  const rows = new RowDigest()
  for (const line of linesOf(folder, set)) {
    const { event, userId, properties, timestamp } = JSON.parse(line)
    if (!['Product Added', 'Order Completed', 'Product Clicked'].includes(event)) continue
    if (userId && properties?.sku) rows.add(userId, properties.sku, event, Date.parse(timestamp))
  }
  return rows.digest()
}
