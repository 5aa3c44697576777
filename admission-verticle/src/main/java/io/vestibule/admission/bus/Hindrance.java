package io.vestibule.admission.bus;

import io.vertx.core.json.JsonObject;

/**
 * Why a queue is not led that this node should lead.
 *
 * @param detail for people
 * @param sinceMs when it began, by the monotonic clock
 */
record Hindrance(Reason reason, String detail, long sinceMs) {

  /** What stands in the way; the slugs are in docs/protocol.md. */
  enum Reason {
    /** The node sees only a minority of its cluster. */
    MINORITY("minority"),
    /** It is the node's turn, and it has not got the term of the shard (yet, or again). */
    NO_TERM("no_term"),
    /** The store is being opened, and gateways are asked for their sockets. */
    TAKING_OVER("taking_over"),
    /** The store fails, and is asked again and again. */
    STORE_FAILED("store_failed"),
    /** The node led, or wanted to, and the store refused it a moment ago; it tries again. */
    GIVEN_UP("given_up");

    private final String slug;

    Reason(String slug) {
      this.slug = slug;
    }
  }

  /** As operators read it. */
  JsonObject toJson(long nowMs) {
    return new JsonObject().put("reason", reason.slug).put("detail", detail).put("forMs", Math.max(0, nowMs - sinceMs));
  }
}
