// @ts-check

/** @typedef {{ readonly below: (limit: number) => number, readonly chance: (share: number) => boolean }} Random */

/**
 * Numbers that a seed makes repeatable.
 *
 * @param {number} seed
 * @returns {Random}
 */
export function randomFrom(seed) {
  let state = seed >>> 0
  // mulberry32
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  return { below: (limit) => Math.floor(share() * limit), chance: (limit) => share() < limit }
}

/**
 * A column in JavaScript: what `make` gives for each row, or null for some.
 *
 * @template T
 * @param {import('./contest.js').Case} given
 * @param {(row: number) => T} make
 * @returns {(T | null)[]}
 */
export function column({ rows, nullShare, random }, make) {
  return Array.from({ length: rows }, (_, row) => (random.chance(nullShare) ? null : make(row)))
}
