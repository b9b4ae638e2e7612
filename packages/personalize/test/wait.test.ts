import { describe, expect, it } from 'vitest'
import { Patience, untilActive } from '../src/wait.ts'

describe('Patience', () => {
  it('ends at once when it is told to', async () => {
    const controller = new AbortController()
    const patience = new Patience({ pace: { firstMs: 1e6, maxMs: 1e6 }, signal: controller.signal })
    const waiting = patience.wait('something')
    controller.abort(new Error('end'))
    await expect(waiting).rejects.toEqual(new Error('end'))
    await expect(patience.wait('something')).rejects.toEqual(new Error('end'))
  })

  it('waits no longer than its time, and says what goes on', async () => {
    const patience = new Patience({ pace: { firstMs: 1e6, maxMs: 1e6 }, timeoutMs: 5 })
    const wait = async (): Promise<void> => {
      await patience.wait('dataset group shop')
      // A timer may end a little early.
      return wait()
    }
    await expect(wait().catch((error: Error) => error.message)).resolves.toBe(
      `IMPORT_TIMEOUT: the import is not done after 0.005 s
  at dataset group shop
  it goes on in AWS; the same command goes on waiting`,
    )
  })
})

describe('untilActive', () => {
  it.each([
    [['CREATE PENDING', 'CREATE IN_PROGRESS', 'ACTIVE'], undefined],
    [['ACTIVE'], undefined],
    [['CREATE PENDING', 'CREATE FAILED'], 'CREATE_FAILED'],
    [['ACTIVE PENDING', 'DELETE PENDING'], 'BEING_DELETED'],
  ])('looks until %j', async (states, code) => {
    const seen: string[] = []
    const looks = states.values()
    const made = untilActive(
      {
        kind: 'dataset group',
        name: 'shop',
        look: () => Promise.resolve({ status: looks.next().value ?? '', failureReason: 'why' }),
        onLook: (status) => seen.push(status),
      },
      new Patience({ pace: { firstMs: 1, maxMs: 1 } }),
    )
    expect(
      await made.then(
        () => undefined,
        (error: { readonly code: string }) => error.code,
      ),
    ).toBe(code)
    expect(seen).toEqual(states)
  })
})
