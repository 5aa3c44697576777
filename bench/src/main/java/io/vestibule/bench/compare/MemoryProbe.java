package io.vestibule.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Reads how much memory a running JVM really holds, from outside and in the same way for every server: the bytes of all live objects
 * ({@code jcmd GC.class_histogram}, which collects first and counts each object), and its direct memory, by an agent of a few lines, since
 * no JVM tells that to a stranger.
 */
public final class MemoryProbe implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 120;

  /** Bytes. */
  public record Memory(long heap, long direct) {
    /** Both. */
    public long total() {
      return heap + direct;
    }
  }

  private final Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private final Path directory;
  private final Path agent;

  /** A probe, with an agent of its own in a temporary directory. */
  public MemoryProbe() throws IOException {
    if (!Files.isExecutable(jcmd)) {
      throw new IOException("measuring memory needs a JDK: there is no " + jcmd);
    }
    directory = Files.createTempDirectory("bench-memory");
    agent = directory.resolve("agent.jar");
    writeAgent();
  }

  /** Collects twice, so that what cleaners free after the first is gone, and measures. */
  public Memory measure(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    jcmd(pid, "GC.run");
    long heap = totalBytes(jcmd(pid, "GC.class_histogram"));
    Path answer = Files.createTempFile(directory, "direct", ".txt");
    jcmd(pid, "JVMTI.agent_load", agent.toString(), answer.toString());
    String direct = Files.readString(answer);
    if (direct.isEmpty()) {
      throw new IOException("process " + pid + " did not say how much direct memory it has");
    }
    return new Memory(heap, Long.parseLong(direct));
  }

  /** The sum in the last line of a class histogram: {@code Total <objects> <bytes>}. */
  static long totalBytes(String histogram) {
    String[] lines = histogram.strip().split("\n");
    String[] total = lines[lines.length - 1].trim().split("\\s+");
    if (total.length != 3 || !total[0].equals("Total")) {
      throw new IllegalArgumentException("not a class histogram: " + lines[lines.length - 1]);
    }
    return Long.parseLong(total[2]);
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }

  private String jcmd(long pid, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "jcmd", ".txt");
    List<String> line = new java.util.ArrayList<>(List.of(jcmd.toString(), Long.toString(pid)));
    line.addAll(List.of(command));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", line) + ": " + Files.readString(output, StandardCharsets.ISO_8859_1));
      }
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    } finally {
      process.destroyForcibly();
    }
  }

  private void writeAgent() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Agent-Class", MemoryAgent.class.getName());
    String name = MemoryAgent.class.getName().replace('.', '/') + ".class";
    try (var jar = new JarOutputStream(Files.newOutputStream(agent), manifest);
        InputStream bytes = MemoryAgent.class.getClassLoader().getResourceAsStream(name)) {
      jar.putNextEntry(new JarEntry(name));
      bytes.transferTo(jar);
      jar.closeEntry();
    }
  }
}
