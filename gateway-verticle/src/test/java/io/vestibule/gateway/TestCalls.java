package io.vestibule.gateway;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.JsonAddress;

/** The server API, as a verticle of the cluster uses it. */
final class TestCalls {
  private TestCalls() {}

  static JsonObject call(GatewayFixture gateway, String address, JsonObject body) {
    try {
      return GatewayFixture.await(gateway.bus.requestJson(new JsonAddress(address), body, null));
    } catch (Exception failed) {
      throw new AssertionError(failed.getCause() == null ? failed : failed.getCause());
    }
  }
}
