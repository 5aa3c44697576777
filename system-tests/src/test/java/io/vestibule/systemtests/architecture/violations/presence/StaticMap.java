package io.vestibule.systemtests.architecture.violations.presence;

import java.util.HashMap;
import java.util.Map;

/** Breaks a rule, so that a test can see it fire. */
public final class StaticMap {
  /** Anybody may put into it. */
  public static final Map<String, String> NAMES = new HashMap<>();

  private StaticMap() {}
}
