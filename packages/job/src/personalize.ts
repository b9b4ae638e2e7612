import { int64, schema, text } from '@fletching/plan'

/**
 * What Amazon Personalize imports as item interactions: who, which item, what, and when in epoch seconds.
 *
 * - Nulls: none; Personalize refuses an empty field in these columns.
 * - Order: names and order are those of the Avro schema that the dataset was made with.
 * - Source: Amazon Personalize, "Item interactions dataset requirements".
 */
export const personalizeInteractions = schema('personalizeInteractions', {
  USER_ID: text().required(),
  ITEM_ID: text().required(),
  EVENT_TYPE: text().required(),
  TIMESTAMP: int64().required(),
})
