package io.vestibule.gateway.api;

import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.JsonAddress;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The calls of the server API: each is a {@code POST} to {@link #path}, an address of the bus, and what a token's {@code caps.api} may name. */
public enum CallName {
  PUBLISH("publish", Addresses.PUBLISH),
  BROADCAST("broadcast", Addresses.BROADCAST),
  DISCONNECT("disconnect", Addresses.DISCONNECT),
  SUBSCRIBE("subscribe", Addresses.SUBSCRIBE),
  UNSUBSCRIBE("unsubscribe", Addresses.UNSUBSCRIBE),
  SESSION_SET("session.set", Addresses.SESSION_SET),
  PRESENCE_GET("presence.get", Addresses.PRESENCE_GET),
  HISTORY("history", Addresses.HISTORY),
  STATS("stats", Addresses.STATS),
  MEMBERS_ADD("members.add", Addresses.MEMBERS_ADD),
  MEMBERS_REMOVE("members.remove", Addresses.MEMBERS_REMOVE),
  MEMBERS_GET("members.get", Addresses.MEMBERS_GET),
  BATCH("batch", Addresses.BATCH);

  private static final Map<String, CallName> BY_WORD =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(CallName::word, call -> call));

  private final String word;
  private final JsonAddress address;

  CallName(String word, JsonAddress address) {
    this.word = word;
    this.address = address;
  }

  /** The word of capabilities and batches. */
  public String word() {
    return word;
  }

  /** Where it is on HTTP. */
  public String path() {
    return "/api/" + (word.startsWith("members.") ? word.replace('.', '/') : word);
  }

  /** The address on which verticles of the cluster make this call. */
  public JsonAddress address() {
    return address;
  }

  /** The call of this word. */
  public static Optional<CallName> of(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }
}
