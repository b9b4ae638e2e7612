import { expect } from 'vitest'

/**
 * Expects that a record is refused with any bit changed, or cut anywhere.
 *
 * - `wrong`: what may be said of it.
 * - `newer`: what is said where the version has become a later one.
 */
export async function expectDamageRefused(
  bytes: Buffer,
  read: (damaged: Uint8Array) => Promise<unknown>,
  { name, wrong, newer }: { readonly name: string; readonly wrong: readonly unknown[]; readonly newer: unknown },
): Promise<void> {
  const isNewer = new RegExp(`^\\{"${name}Version":[2-9]`)
  for (let at = 0; at < bytes.length; at++) {
    expect(wrong, `cut at ${at}`).toContainEqual(await read(bytes.subarray(0, at)))
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[at] ^= 1 << bit
      const says = await read(changed)
      if (isNewer.test(changed.toString('latin1'))) expect(says).toEqual(newer)
      else expect(wrong, `bit ${bit} of byte ${at}`).toContainEqual(says)
    }
  }
}
