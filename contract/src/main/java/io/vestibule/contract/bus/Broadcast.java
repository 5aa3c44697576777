package io.vestibule.contract.bus;

import java.util.Objects;

/**
 * An address that is heard by every consumer and answers nobody.
 *
 * @param name the event-bus address, dotted and versioned
 * @param codec the codec of the message
 * @param <T> the message
 */
public record Broadcast<T>(String name, RecordCodec<T> codec) {
  public Broadcast {
    Objects.requireNonNull(name);
    Objects.requireNonNull(codec);
  }
}
