import { openMemoryStore, parseLocation } from '@fletching/storage'
import { describeStore } from './conformance.ts'

describeStore('memory', async () => ({ store: openMemoryStore(), folder: parseLocation('memory:folder/') }))
