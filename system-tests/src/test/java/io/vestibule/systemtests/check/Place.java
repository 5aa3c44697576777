package io.vestibule.systemtests.check;

import io.vertx.core.json.JsonObject;

/**
 * A place in a topic's log.
 *
 * @param epoch in which offsets mean something; null before anything is known
 */
record Place(String epoch, long offset) {
  /** Before everything. */
  static final Place NONE = new Place(null, 0);

  /** As frames and answers have it, with others of their fields. */
  static Place of(JsonObject json) {
    return new Place(json.getString("epoch"), json.getLong("offset"));
  }

  JsonObject toJson() {
    return new JsonObject().put("epoch", epoch).put("offset", offset);
  }

  @Override
  public String toString() {
    return epoch + ":" + offset;
  }
}
