package io.vestibule.bench.compare;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs inside a measured server, loaded by {@link MemoryProbe}, and writes down how much direct memory it holds: what the JDK has handed
 * out as direct buffers, and what Netty took past the JDK's count (none, unless the JVM lets it). The two do not overlap.
 */
public final class MemoryAgent {
  private MemoryAgent() {}

  /** Called by the JVM; the argument is the file to write. */
  public static void agentmain(String file) throws IOException {
    long jdk = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    // Netty counts only what it allocates without a cleaner, and says -1 when it never does so.
    long netty = PlatformDependent.useDirectBufferNoCleaner() ? PlatformDependent.usedDirectMemory() : 0;
    Files.writeString(Path.of(file), Long.toString(jdk + netty));
  }
}
