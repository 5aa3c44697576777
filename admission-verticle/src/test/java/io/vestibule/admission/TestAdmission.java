package io.vestibule.admission;

import java.time.Duration;
import java.util.List;

/** The defaults of {@code conf/vestibule.yaml}. */
public final class TestAdmission {
  private TestAdmission() {}

  public static AdmissionConfig config() {
    return config(0);
  }

  /** With so many slots. */
  public static AdmissionConfig config(int capacity) {
    return config(capacity, List.of(), AdmissionConfig.TooMany.REJECT);
  }

  /** With more queues, without limit. */
  public static AdmissionConfig config(int capacity, List<String> queues, AdmissionConfig.TooMany onTooMany) {
    return new AdmissionConfig(capacity, 0, true, queues.stream().map(name -> new AdmissionConfig.Queue(name, 0, 0)).toList(), List.of(), 3, onTooMany, Duration.ofSeconds(60), Duration.ofMinutes(5),
        Duration.ofSeconds(30), Duration.ofSeconds(60), 1_000_000, 64 << 10, 60, 600, AdmissionConfig.Unavailable.CLOSED, "");
  }
}
