package io.vestibule.bench.compare;

import io.vestibule.bench.client.Figures;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Vestibule nodes of one cluster, each a child process, ended together. */
public final class ServerGroup implements AutoCloseable {
  private final List<ServerProcess> nodes = new ArrayList<>();

  private ServerGroup() {}

  /** Starts them one after the other: each joins those that are there. */
  public static ServerGroup start(Launch launch, int count) throws IOException, InterruptedException {
    ServerGroup group = new ServerGroup();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ports.add(Launch.freePort());
      }
      String members = "cluster.members=[" + String.join(", ", ports.stream().map(port -> "127.0.0.1:" + port).toList()) + "]";
      for (int port : ports) {
        List<String> settings = new ArrayList<>(List.of("cluster.name=bench-" + ports.get(0), "cluster.port=" + port, "cluster.port-count=1", members));
        settings.addAll(launch.settings());
        group.nodes.add(ServerProcess.start(ServerKind.VESTIBULE, launch.with(settings)));
      }
      return group;
    } catch (IOException | InterruptedException | RuntimeException e) {
      group.close();
      throw e;
    }
  }

  /** Their sockets. */
  public List<URI> uris() {
    return nodes.stream().map(ServerProcess::uri).toList();
  }

  /** Their process ids. */
  public List<Long> pids() {
    return nodes.stream().map(ServerProcess::pid).toList();
  }

  /** Processor time of all so far, in seconds; NaN where the system does not say. */
  public double cpuSeconds() {
    return pids().stream().mapToDouble(ServerGroup::cpuSeconds).sum();
  }

  /** Processor time of a process so far, in seconds; NaN where the system does not say. */
  public static double cpuSeconds(long pid) {
    try {
      return ProcessTimes.cpuMicros(pid) / 1e6;
    } catch (IOException e) {
      // Not Linux, or it is gone.
      return Double.NaN;
    }
  }

  /** What all say of themselves; nothing where one does not answer. */
  public static Figures figures(List<URI> nodes) {
    Figures all = Figures.NONE;
    try {
      for (URI node : nodes) {
        all = all.plus(Figures.ask(node));
      }
      return all;
    } catch (IOException e) {
      return Figures.NONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Figures.NONE;
    }
  }

  @Override
  public void close() {
    nodes.forEach(ServerProcess::close);
  }
}
