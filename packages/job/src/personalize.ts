import { float64, int32, int64, schema, text } from '@fletching/plan'

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

/**
 * Item interactions with what each was worth, as money.
 *
 * - Nulls: EVENT_VALUE alone, where no price is known.
 * - Source: Amazon Personalize, "Event value data".
 */
export const personalizeValuedInteractions = schema('personalizeValuedInteractions', {
  USER_ID: text().required(),
  ITEM_ID: text().required(),
  EVENT_TYPE: text().required(),
  EVENT_VALUE: float64(),
  TIMESTAMP: int64().required(),
})

/**
 * What Amazon Personalize imports as users: who, and what is known of them, none of which names a person.
 *
 * - Nulls: all but the id.
 * - Source: Amazon Personalize, "Users dataset requirements".
 */
export const personalizeUsers = schema('personalizeUsers', {
  USER_ID: text().required(),
  AGE: int32(),
  GENDER: text(),
  MEMBERSHIP: text(),
  COUNTRY: text(),
})

/**
 * What Amazon Personalize imports as items: which, and what it is like. `PRICE` and `CATEGORY_L1` are the names that its ECOMMERCE domain knows.
 *
 * - Nulls: all but the id.
 * - Source: Amazon Personalize, "Items dataset requirements", "ECOMMERCE domain datasets".
 */
export const personalizeItems = schema('personalizeItems', {
  ITEM_ID: text().required(),
  PRICE: float64(),
  CATEGORY_L1: text(),
  BRAND: text(),
})
