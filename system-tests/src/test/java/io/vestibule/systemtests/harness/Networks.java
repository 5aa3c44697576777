package io.vestibule.systemtests.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Hosts that can be cut off from each other: a Linux network namespace for each node, joined by a bridge in one more, which stands for the data centre's network. Each has a second way out that leads
 * to this process only, by which clients come and which is never cut. Addresses are those of RFC 2544, for tests of networks; nothing of it is routed. Registered as an extension in an instance field, each
 * test has its own, and is left out with a reason on a machine that cannot have them.
 */
public final class Networks implements BeforeEachCallback, AfterEachCallback, AutoCloseable {
  private static final long COMMAND_SECONDS = 20;
  private static final String BRIDGE = "wire";
  /** No two of one process have the same, and those of two processes hardly. */
  private static final AtomicInteger SUBNETS = new AtomicInteger(ThreadLocalRandom.current().nextInt(254));

  private final String prefix = "vt" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
  private final int subnet = 1 + SUBNETS.getAndIncrement() % 254;
  private final List<String> names;
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Thread endWithTheTests = new Thread(this::remove);
  private volatile boolean made;

  /**
   * A host.
   *
   * @param namespace its network namespace
   * @param clusterAddress by which other hosts reach it
   * @param clientAddress by which this process reaches it
   * @param ourAddress by which it reaches this process
   */
  public record Host(String namespace, String clusterAddress, String clientAddress, String ourAddress) {
    /** What a command has to begin with, to run on the host. */
    List<String> entrance() {
      return List.of("ip", "netns", "exec", namespace);
    }
  }

  private Networks(String... names) {
    this.names = List.of(names);
  }

  /** Why this machine cannot have such hosts; empty if it can. */
  public static Optional<String> obstacle() {
    if (!Files.isDirectory(Path.of("/proc/sys/net"))) {
      return Optional.of("network namespaces are Linux's");
    }
    try (var probe = new Networks("probe")) {
      probe.make();
      return Optional.empty();
    } catch (IllegalStateException refused) {
      return Optional.of("no network namespaces here: " + refused.getMessage());
    }
  }

  /** Hosts of these names, which reach each other; nothing is there before they are made. */
  public static Networks of(String... names) {
    return new Networks(names);
  }

  /**
   * Makes the hosts.
   *
   * @throws IllegalStateException with what {@code ip} said, if it is not permitted
   */
  public void make() {
    made = true;
    Runtime.getRuntime().addShutdownHook(endWithTheTests);
    try {
      for (String name : names) {
        host(name, hosts.size() + 1);
      }
    } catch (RuntimeException refused) {
      close();
      throw refused;
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Optional<String> obstacle = obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle.orElse(""));
    make();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  private void host(String name, int number) {
    if (hosts.isEmpty()) {
      ip("netns", "add", hub());
      ip("-n", hub(), "link", "add", BRIDGE, "type", "bridge");
      ip("-n", hub(), "link", "set", BRIDGE, "up");
    }
    var host = new Host(prefix + "-" + name, "198.18." + subnet + "." + number, "198.19." + subnet + "." + (4 * number + 2), "198.19." + subnet + "." + (4 * number + 1));
    hosts.put(name, host);
    ip("netns", "add", host.namespace());
    ip("-n", host.namespace(), "link", "set", "lo", "up");
    ip("link", "add", "cluster", "netns", host.namespace(), "type", "veth", "peer", "name", port(name), "netns", hub());
    ip("-n", hub(), "link", "set", "dev", port(name), "master", BRIDGE, "up");
    ip("-n", host.namespace(), "address", "add", host.clusterAddress() + "/24", "dev", "cluster");
    ip("-n", host.namespace(), "link", "set", "cluster", "up");
    String ourEnd = prefix + "c" + number;
    ip("link", "add", ourEnd, "type", "veth", "peer", "name", "clients", "netns", host.namespace());
    ip("address", "add", host.ourAddress() + "/30", "dev", ourEnd);
    ip("link", "set", ourEnd, "up");
    ip("-n", host.namespace(), "address", "add", host.clientAddress() + "/30", "dev", "clients");
    ip("-n", host.namespace(), "link", "set", "clients", "up");
  }

  private String hub() {
    return prefix + "-hub";
  }

  /** The bridge's end of a host's wire. */
  private static String port(String name) {
    return "to-" + name;
  }

  /** What the hosts are called. */
  public List<String> names() {
    return names;
  }

  /** The host of this name. */
  public Host host(String name) {
    return hosts.get(name);
  }

  /** From now on nothing gets from this host to the others, nor back; nobody is told. Clients reach it as before. */
  public void cut(String name) {
    ip("-n", hub(), "link", "set", "dev", port(name), "down");
  }

  /** The host reaches the others again. */
  public void heal(String name) {
    ip("-n", hub(), "link", "set", "dev", port(name), "up");
  }

  /** Removes everything; whatever runs on the hosts has ended. */
  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(endWithTheTests);
    } catch (IllegalStateException theTestsEnd) {
      // The hook runs already.
    }
  }

  /** What was made of it: with a namespace go the pairs of which it has an end. */
  private synchronized void remove() {
    if (!made) {
      return;
    }
    made = false;
    List<String> namespaces = new ArrayList<>(hosts.values().stream().map(Host::namespace).toList());
    namespaces.add(hub());
    namespaces.forEach(namespace -> run(List.of("ip", "netns", "del", namespace)));
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(Arrays.asList(arguments));
    Optional<String> refusal = run(command);
    if (refusal.isPresent()) {
      throw new IllegalStateException(String.join(" ", command) + ": " + refusal.get());
    }
  }

  /** What it said, if it did not work. */
  private static Optional<String> run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of("did not end");
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.exitValue() == 0 ? Optional.empty() : Optional.of(said);
    } catch (IOException notThere) {
      return Optional.of(notThere.getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }
}
