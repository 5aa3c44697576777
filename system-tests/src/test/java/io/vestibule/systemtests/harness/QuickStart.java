package io.vestibule.systemtests.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Options of the JVM by which a node starts with half the work ({@code docs/configuration.md}, Starting faster): its classes come from an archive that a first node leaves behind; and it lives for seconds
 * here, so that what the second compiler would make of it comes too late. What the node does is the same. A JVM that makes no archive, or does not like it, starts as always.
 */
final class QuickStart {
  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");
  private static final Path ARCHIVE = Path.of("target", "vestibule.jsa").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static List<String> known;

  private QuickStart() {}

  /** The options; the first time a node runs for them until it serves. */
  static synchronized List<String> options(String java, Path jar) throws IOException {
    if (known == null) {
      known = new ArrayList<>(QUICK);
      if (isArchived(java, jar)) {
        known.addAll(List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-Xlog:cds=off"));
      }
    }
    return known;
  }

  private static boolean isArchived(String java, Path jar) throws IOException {
    Files.deleteIfExists(ARCHIVE);
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(QUICK);
    command.addAll(List.of("-XX:ArchiveClassesAtExit=" + ARCHIVE, "-Xlog:cds=off", "-jar", jar.toString(), "run", "--port", "0", "--set", "cluster.name=archive-" + UUID.randomUUID(),
        "--set", "cluster.port=" + Ports.freeRange(1), "--set", "log.format=json"));
    Process process = VestibuleProcess.begin(command);
    try {
      ProcessOutput.of("archive", process.inputReader()).await("node_ready", LIMIT);
      process.destroy();
      return process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) && Files.exists(ARCHIVE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      process.destroyForcibly();
    }
  }
}
