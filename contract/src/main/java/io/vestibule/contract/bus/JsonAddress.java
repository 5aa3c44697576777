package io.vestibule.contract.bus;

import java.util.Objects;

/**
 * An address of the bus that applications talk to: a JsonObject in, a JsonObject back. Any verticle of the cluster may use it,
 * so its bodies are a stranger's and checked like a client's.
 *
 * @param name the event-bus address
 */
public record JsonAddress(String name) {
  public JsonAddress {
    Objects.requireNonNull(name);
  }
}
