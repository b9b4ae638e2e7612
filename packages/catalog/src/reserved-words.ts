/**
 * Words that stand in backticks in DDL.
 *
 * - Source: Athena, "Escape reserved keywords in queries", read in autumn 2026, where `CASHE` is spelt like that.
 */
export const ddlWords: ReadonlySet<string> = words(`
  all alter and array as authorization between bigint binary boolean both by case cashe cast char column conf constraint commit
  create cross cube current current_date current_timestamp cursor database date dayofweek decimal delete describe distinct div
  double drop else end exchange exists extended external extract false fetch float floor following for foreign from full function
  grant group grouping having if import in inner insert int integer intersect interval into is join lateral left less like local
  macro map more none not null numeric of on only or order out outer over partialscan partition percent preceding precision
  preserve primary procedure range reads reduce regexp references revoke right rlike rollback rollup row rows select set smallint
  start table tablesample then time timestamp to transform trigger true truncate unbounded union uniquejoin update user using
  utc_timestamp values varchar views when where window with
`)

/** Words that stand in double quotes in a query. */
export const queryWords: ReadonlySet<string> = words(`
  alter and as between by case cast constraint create cross cube current_date current_path current_time current_timestamp
  current_user deallocate delete describe distinct drop else end escape except execute exists extract false first for from full
  group grouping having in inner insert intersect into is join last left like localtime localtimestamp natural normalize not null
  on or order outer prepare recursive right rollup select table then true unescape union unnest using values when where with
`)

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/))
}
