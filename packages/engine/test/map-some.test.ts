import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { mapSome } from '../src/map-some.ts'

describe('mapSome', () => {
  it.each([1, 2, 5, 100])('gives the results in their order, of %d things at a time', async (most) => {
    let open = 0
    let openMost = 0
    const map = async (number: number) => {
      openMost = Math.max(openMost, ++open)
      for (let turns = number % 3; turns >= 0; turns--) await setImmediate()
      open--
      return -number
    }
    expect(await mapSome([1, 2, 3, 4, 5, 6, 7], most, map)).toEqual([-1, -2, -3, -4, -5, -6, -7])
    expect(openMost).toBe(Math.min(most, 7))
  })

  it('begins nothing after an error, and ends when all has ended that was begun', async () => {
    const told: string[] = []
    const map = async (number: number) => {
      told.push(`begin ${number}`)
      for (let turns = number; turns > 0; turns--) await setImmediate()
      told.push(`end ${number}`)
      if (number === 2) throw new Error('no')
    }
    await expect(mapSome([1, 2, 5, 3, 4], 3, map)).rejects.toThrow('no')
    expect(told).toEqual(['begin 1', 'begin 2', 'begin 5', 'end 1', 'begin 3', 'end 2', 'end 3', 'end 5'])
  })

  it('gives nothing of nothing', async () => expect(await mapSome([], 3, async () => 1)).toEqual([]))
})
