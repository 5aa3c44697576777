package io.vestibule.gateway.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;

/** What the process uses, in thousandths of what it may. Not thread-safe: whoever asks has its own, because the processor's figure is that since its last question. */
final class ProcessFigures {
  private static final int WHOLE = 1_000;

  private final List<MemoryPoolMXBean> heap =
      ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP).toList();
  private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private long cpuNanos = system.getProcessCpuTime();
  private long atNanos = System.nanoTime();

  /** What was left in the heap after the last collection of each of its pools: what is in use between collections says little. */
  int heapAfterGc() {
    long used = 0;
    for (MemoryPoolMXBean pool : heap) {
      MemoryUsage left = pool.getCollectionUsage();
      used += left == null ? 0 : left.getUsed();
    }
    return share(used, Runtime.getRuntime().maxMemory());
  }

  /** The share of the processors this process may use that it used since the last call. */
  int cpu() {
    long cpu = system.getProcessCpuTime();
    long now = System.nanoTime();
    int share = share(cpu - cpuNanos, (now - atNanos) * Runtime.getRuntime().availableProcessors());
    cpuNanos = cpu;
    atNanos = now;
    return share;
  }

  private static int share(long part, long whole) {
    return whole <= 0 ? 0 : (int) Math.max(0, Math.min(WHOLE, part * WHOLE / whole));
  }
}
