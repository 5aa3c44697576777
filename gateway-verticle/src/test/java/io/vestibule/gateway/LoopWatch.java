package io.vestibule.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds event loops that our code has blocked for more than {@value #BLOCKED_MS} ms, on a machine that may have kept them waiting itself. */
public final class LoopWatch implements AutoCloseable {
  private static final long BLOCKED_MS = 200;
  private static final long TOLERATED_MS = 2 * MachinePulse.BEAT_MS;
  /** Classes are loaded, linked and set up once in the life of a server, however long that takes. */
  private static final List<String> FIRST_USE = List.of("java.lang.ClassLoader", "java.lang.invoke.MethodHandleNatives", "java.lang.reflect.Proxy", "jdk.internal.loader.");

  private final MachinePulse pulse = new MachinePulse();
  private final List<String> blocked = new CopyOnWriteArrayList<>();
  private final String guilty;

  /**
   * A watch that has not begun.
   *
   * @param guilty a package: what blocks a loop without any code of it is not looked at
   */
  public LoopWatch(String guilty) {
    this.guilty = guilty;
  }

  /** What a Vert.x must be made with to be watched. */
  public static VertxOptions options() {
    return new VertxOptions().setBlockedThreadCheckInterval(50).setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
        .setMaxEventLoopExecuteTime(BLOCKED_MS).setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS);
  }

  /** Watches from now on. */
  public void begin(Vertx vertx) {
    ((VertxInternal) vertx).blockedThreadChecker().setThreadBlockedHandler(event -> {
      StackTraceElement[] stack = event.thread().getStackTrace();
      if (isOurs(stack) && !isFirstUse(stack) && pulse.isToBlame(event.thread(), event.duration(), (BLOCKED_MS - TOLERATED_MS) * 1_000_000)) {
        blocked.add(event.thread().getName() + " for " + event.duration() / 1_000_000 + " ms in " + List.of(stack));
      }
    });
  }

  /** What was found, with where each loop was. */
  public List<String> blocked() {
    return List.copyOf(blocked);
  }

  /** The longest time that the machine kept somebody waiting who wanted to do next to nothing. */
  Duration longestLate() {
    return pulse.longestLate();
  }

  private boolean isOurs(StackTraceElement[] stack) {
    return Stream.of(stack).anyMatch(frame -> frame.getClassName().startsWith(guilty));
  }

  private static boolean isFirstUse(StackTraceElement[] stack) {
    return Stream.of(stack).anyMatch(frame -> frame.getMethodName().equals("<clinit>") || FIRST_USE.stream().anyMatch(frame.getClassName()::startsWith));
  }

  @Override
  public void close() {
    pulse.close();
  }
}
