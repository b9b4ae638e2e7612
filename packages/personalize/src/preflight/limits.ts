/** The figures behind the rules. Source: Amazon Personalize, "Amazon Personalize endpoints and quotas", "Analyzing training data". */
export const limits = {
  idCharacters: 256,
  categoricalCharacters: 1000,
  categories: 30,
  impressionCharacters: 1000,
  textCharacters: 20_000,
  /** Of Chinese and Japanese. */
  wideTextCharacters: 7000,
  eventTypesAndColumns: 10,
  interactionsMin: 1000,
  returningUsersMin: 25,
  returningUsersShareMin: 0.01,
  interactionsAdvised: 50_000,
  usersAdvised: 1000,
  interactionsMax: 500e6,
  itemsMax: 750_000,
  completeShare: 0.7,
  textShare: 0.85,
  fullBytes: 100e9,
  raisedBytes: 1e12,
  incrementalBytes: 1e9,
  pathCharacters: 256,
  /** From here on a number is no second of our time: it would lie beyond the year 5000, and in milliseconds in 1973. */
  secondsMax: 1e11,
  year2000: 946_684_800,
} as const
