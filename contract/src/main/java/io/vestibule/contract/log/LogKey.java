package io.vestibule.contract.log;

/** The closed list of keys in log lines, so that a search written today finds tomorrow's lines too. */
public enum LogKey {
  CORRELATION_ID("correlationId"),
  NODE("node"),
  ROLE("role"),
  ROLES("roles"),
  MEMBERS("members"),
  HOST("host"),
  PORT("port"),
  URL("url"),
  VERSION("version"),
  SHARD("shard"),
  TERM("term"),
  CONNECTION("connectionId"),
  USER("userId"),
  TRANSPORT("transport"),
  REMOTE("remote"),
  TOPIC("topic"),
  QUEUE("queue"),
  CAPACITY("capacity"),
  CODE("code"),
  REASON("reason"),
  DETAIL("detail"),
  ADDRESS("address"),
  CALL("call"),
  STATUS("status"),
  COUNT("count"),
  BYTES("bytes"),
  DURATION_MS("durationMs");

  private final String slug;

  LogKey(String slug) {
    this.slug = slug;
  }

  public String slug() {
    return slug;
  }
}
