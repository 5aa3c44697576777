package io.vestibule.node.process;

import io.vestibule.cluster.ClusterException;
import io.vestibule.contract.config.DurationText;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.node.config.LogConfig;
import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import io.vestibule.node.log.LogSetup;
import io.vestibule.node.runtime.Node;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The life of a process that is a node: start, serve until a signal, stop within the deadline. A signal during the start ends the start. */
public final class NodeProcess {
  private static final EventLog LOG = EventLog.of(NodeProcess.class);
  private static final Duration START_DEADLINE = Duration.ofMinutes(2);

  private final VestibuleConfig config;
  private final ShutdownSignals signals;

  private NodeProcess(VestibuleConfig config, ShutdownSignals signals) {
    this.config = config;
    this.signals = signals;
  }

  /**
   * Runs a node. Blocks until it has stopped.
   *
   * @return one of {@link ExitCode}
   * @throws ProcessFailure if it could not start
   */
  public static int run(VestibuleConfig config) {
    FileCheck.of(config);
    ListenCheck.of(config);
    LogSetup.apply(config.log());
    var process = new NodeProcess(config, ShutdownSignals.install());
    StopDeadline.watch(process.signals.first(), config.node().shutdownTimeout(), "vestibule: " + process.tooLate());
    return process.live();
  }

  private int live() {
    warn();
    CompletableFuture<Node> joining = Node.join(config).toCompletionStage().toCompletableFuture();
    if (!endsBeforeASignal(joining)) {
      // Joining cannot be broken off, and may wait for others as long as it likes. Nobody needs this node yet.
      stopping();
      return ExitCode.OK;
    }
    Node node = joining.join();
    if (endsBeforeASignal(node.serve().toCompletionStage().toCompletableFuture())) {
      announce(node);
    }
    stopping();
    return stop(node);
  }

  /** Waits for the first signal, if none has come, and says so. */
  private void stopping() {
    int signal = signals.first().join();
    LOG.info(LogEvent.NODE_STOPPING, null).with(LogKey.REASON, "signal " + signal).write();
  }

  private void warn() {
    LOG.info(LogEvent.NODE_STARTING, null).with(LogKey.VERSION, Version.current()).with(LogKey.ROLES, roles()).write();
    if (config.developmentMode()) {
      LOG.warn(LogEvent.DEVELOPMENT_MODE, null)
          .with(LogKey.DETAIL, "no auth is configured: anybody on this machine may be anyone; set auth.jwt.secret or auth.jwt.jwks")
          .write();
    }
    config.warnings().forEach(warning -> LOG.warn(LogEvent.CONFIG_WARNING, null).with(LogKey.DETAIL, warning).write());
  }

  /** Waits for a step of the start, but no longer than until a signal comes; false when the step has not ended then. */
  private boolean endsBeforeASignal(CompletableFuture<?> step) {
    try {
      CompletableFuture.anyOf(step, signals.first()).get(START_DEADLINE.toSeconds(), TimeUnit.SECONDS);
      return step.isDone();
    } catch (TimeoutException e) {
      throw new ProcessFailure(ExitCode.INTERNAL, "the node did not start within " + START_DEADLINE.toSeconds() + "s");
    } catch (ExecutionException e) {
      // Standard error gets the one line for people; who searches for more asks for the level debug.
      LOG.debug(LogEvent.NODE_FAILED, null).cause(e.getCause()).write();
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailure(ExitCode.INTERNAL, "interrupted while starting");
    }
  }

  private ProcessFailure failure(Throwable cause) {
    if (cause instanceof ProcessFailure failure) {
      return failure;
    }
    if (cause instanceof ClusterException) {
      return new ProcessFailure(ExitCode.UNAVAILABLE, cause.getMessage());
    }
    if (cause instanceof BindException) {
      return new ProcessFailure(ExitCode.UNAVAILABLE, "gateway.http.port " + config.gateway().http().port() + " or operations.http-port "
          + config.operations().httpPort() + " cannot be listened on: " + cause.getMessage());
    }
    return new ProcessFailure(ExitCode.INTERNAL, "the node could not start: " + cause);
  }

  private void announce(Node node) {
    long sinceStartMs = ManagementFactory.getRuntimeMXBean().getUptime();
    String url = Urls.of(config, node.gatewayPort(), node.operationsPort());
    int members = node.view().nodes().size();
    LOG.info(LogEvent.NODE_READY, null)
        .with(LogKey.NODE, node.view().self().name())
        .with(LogKey.URL, url)
        .with(LogKey.ROLES, roles())
        .with(LogKey.MEMBERS, members)
        .with(LogKey.DURATION_MS, sinceStartMs)
        .write();
    if (config.log().format() == LogConfig.Format.TEXT) {
      LogSetup.console("%nVestibule %s is ready after %d ms: %s, %s, cluster '%s' of %d%n%n".formatted(Version.current(), sinceStartMs,
          url.isEmpty() ? "no HTTP port" : url, roles(), config.cluster().name(), members));
    }
  }

  private int stop(Node node) {
    Duration deadline = config.node().shutdownTimeout();
    long started = System.nanoTime();
    try {
      node.stop().toCompletionStage().toCompletableFuture().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      LOG.info(LogEvent.NODE_STOPPED, null).with(LogKey.DURATION_MS, took).write();
      return ExitCode.OK;
    } catch (TimeoutException e) {
      throw new ProcessFailure(ExitCode.INTERNAL, tooLate());
    } catch (ExecutionException e) {
      throw new ProcessFailure(ExitCode.INTERNAL, "the node did not stop in good order: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailure(ExitCode.INTERNAL, "interrupted while stopping");
    }
  }

  private String tooLate() {
    return "the node did not stop within node.shutdown-timeout " + DurationText.format(config.node().shutdownTimeout());
  }

  private String roles() {
    return config.node().roles().stream().map(Role::slug).collect(Collectors.joining(","));
  }
}
