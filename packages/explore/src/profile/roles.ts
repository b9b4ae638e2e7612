/** What a column of interactions is for. */
export type Role = 'user' | 'item' | 'event' | 'time'

/** The column of each role by its name, upper or lower case; the first name that is there counts. */
export function rolesOf(names: readonly string[]): ReadonlyMap<Role, number> {
  const small = names.map((name) => name.toLowerCase())
  const roles = new Map<Role, number>()
  for (const [role, known] of Object.entries(NAMES) as [Role, readonly string[]][]) {
    const place = known.map((name) => small.indexOf(name)).find((at) => at >= 0)
    if (place !== undefined) roles.set(role, place)
  }
  return roles
}

const NAMES: Readonly<Record<Role, readonly string[]>> = {
  user: ['user_id'],
  item: ['item_id'],
  event: ['event_type'],
  time: ['timestamp', 'timestamp_s', 'event_time'],
}
