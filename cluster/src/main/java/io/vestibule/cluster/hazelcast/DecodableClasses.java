package io.vestibule.cluster.hazelcast;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.JavaSerializationFilterConfig;
import java.util.Set;

/**
 * The classes that bytes from the cluster port may name. Hazelcast's port takes messages before it knows who sends them, and its
 * own format names classes as freely as Java's does; so the same short list holds for both: Hazelcast itself, the two records
 * that Vert.x shares, ours, and what a serialised exception consists of.
 */
final class DecodableClasses {
  /** The package of the admission module's store; by name, since this module does not depend on it. */
  static final String ADMISSION = "io.vestibule.admission.store.";

  /** The package of the gateway module's store. */
  static final String LOGS = "io.vestibule.gateway.log.store.";

  /** Its package of members of topics. */
  static final String MEMBERS = "io.vestibule.gateway.members.store.";

  private static final Set<String> PACKAGES = Set.of("com.hazelcast.");

  private static final Set<String> CLASSES = Set.of(
      HighestTermMerge.class.getName(), HigherTermMerge.class.getName(), JoiningMerge.class.getName(), MergeProcessor.class.getName(),
      ADMISSION + "JournalProcessor", ADMISSION + "JournalEntry", ADMISSION + "SeatProcessor", ADMISSION + "SeatEntry",
      LOGS + "ShardProcessor", LOGS + "ShardEntry", LOGS + "ChoiceProcessor", LOGS + "ChoiceEntry",
      MEMBERS + "MembersProcessor", MEMBERS + "MembersEntry",
      "io.vertx.spi.cluster.hazelcast.impl.HazelcastNodeInfo",
      "io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo",
      "java.lang.Object", "java.lang.String", "java.lang.Number", "java.lang.Integer", "java.lang.Long", "java.lang.Boolean",
      "java.lang.Enum", "java.lang.Throwable", "java.lang.Exception", "java.lang.RuntimeException", "java.lang.Error",
      "java.lang.StackTraceElement", "java.lang.IllegalArgumentException", "java.lang.IllegalStateException",
      "java.lang.NullPointerException", "java.lang.ClassCastException", "java.lang.IndexOutOfBoundsException",
      "java.lang.UnsupportedOperationException", "java.lang.InterruptedException", "java.lang.SecurityException",
      "java.lang.AssertionError", "java.lang.NumberFormatException", "java.lang.ArithmeticException",
      "java.lang.ReflectiveOperationException", "java.lang.ClassNotFoundException",
      "java.io.IOException", "java.io.EOFException", "java.io.UncheckedIOException", "java.net.SocketException",
      "java.net.UnknownHostException", "java.util.NoSuchElementException", "java.util.ConcurrentModificationException",
      "java.util.concurrent.TimeoutException", "java.util.concurrent.CancellationException",
      "java.util.concurrent.ExecutionException", "java.util.concurrent.CompletionException",
      "java.util.concurrent.RejectedExecutionException",
      "java.util.CollSer", "java.util.ArrayList", "java.util.Collections$EmptyList",
      "[Ljava.lang.Object;", "[Ljava.lang.StackTraceElement;");

  private DecodableClasses() {}

  /** Whether bytes from the cluster port may name this class. */
  static boolean permits(String className) {
    return CLASSES.contains(className) || PACKAGES.stream().anyMatch(className::startsWith);
  }

  /** The list as Hazelcast's filter of Java-serialised objects, which refuses everything else. */
  static JavaSerializationFilterConfig javaFilter() {
    ClassFilter permitted = new ClassFilter().setClasses(CLASSES).setPrefixes(PACKAGES);
    return new JavaSerializationFilterConfig().setDefaultsDisabled(true).setWhitelist(permitted);
  }
}
