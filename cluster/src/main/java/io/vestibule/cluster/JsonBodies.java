package io.vestibule.cluster;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.JsonAddress;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;

/** Checks that a body that an application sent is a JSON object. */
final class JsonBodies {
  private JsonBodies() {}

  static JsonObject require(JsonAddress address, Object body) {
    if (body instanceof JsonObject json) {
      return json;
    }
    String type = body == null ? "nothing" : "a " + body.getClass().getSimpleName();
    throw Failure.of(ErrorReason.WRONG_TYPE, "The bus address " + address.name() + " takes a JsonObject, not " + type + ".");
  }
}
