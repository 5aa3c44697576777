package io.vestibule.node.config;

/** The {@code log} part of the configuration. */
public record LogConfig(Format format, Level level) {

  /** How a line looks. */
  public enum Format {
    /** {@code key=value}, for people. */
    TEXT,
    /** One JSON object a line, for machines. */
    JSON
  }

  /** The least level that is written for Vestibule's own events; libraries write from WARN on, or from here if this is higher. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
  }
}
