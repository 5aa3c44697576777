package io.vestibule.systemtests.architecture.violations.contract.message;

import io.vestibule.contract.bus.RecordCodec;

/** Breaks a rule, so that a test can see it fire. */
public record UnlistedMessage(String text) {
  /** Nobody registers it. */
  public static final RecordCodec<UnlistedMessage> CODEC =
      RecordCodec.of("violations.unlisted.v1", (out, message) -> out.putString(message.text), in -> new UnlistedMessage(in.getString()));
}
