/** What we use of parquetjs-lite 0.8.7, which has no types of its own. */
declare module 'parquetjs-lite' {
  export interface FieldDefinition {
    readonly type: 'UTF8' | 'BOOLEAN' | 'INT32' | 'INT64' | 'DOUBLE'
    readonly optional: boolean
    readonly compression: 'SNAPPY' | 'GZIP' | 'UNCOMPRESSED'
    readonly statistics: boolean
  }
  interface OutputStream {
    write(bytes: Uint8Array, done: (error?: Error) => void): void
    end(done: (error?: Error) => void): void
  }
  interface WriterOptions {
    readonly rowGroupSize: number
    readonly useDataPageV2: boolean
    readonly pageIndex: boolean
  }
  export class ParquetSchema {
    constructor(fields: Readonly<Record<string, FieldDefinition>>)
  }
  export class ParquetWriter {
    static openStream(schema: ParquetSchema, stream: OutputStream, options: WriterOptions): Promise<ParquetWriter>
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>
    close(): Promise<void>
  }
  const parquetjs: { readonly ParquetSchema: typeof ParquetSchema; readonly ParquetWriter: typeof ParquetWriter }
  export default parquetjs
}
