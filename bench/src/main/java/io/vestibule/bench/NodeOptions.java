package io.vestibule.bench;

import io.vestibule.bench.client.MintedTokens;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import io.vestibule.bench.compare.Launch;
import io.vestibule.bench.compare.RedisProcess;
import io.vestibule.bench.compare.ServerGroup;
import io.vestibule.bench.durable.Site;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that start nodes of one cluster, and a redis-server if they are to have one; or are told of a server that is there. */
final class NodeOptions {
  private static final long TOKEN_LIFE_S = 3600;

  @Mixin private TargetOptions target;
  @Mixin private LaunchOptions launching;

  @Option(names = "--nodes", defaultValue = "1", paramLabel = "N", description = "Nodes of one cluster to start; connections are spread over them (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(names = "--redis", paramLabel = "FILE|URL",
      description = "Topic logs in Redis: a redis-server program that is started on a free port, or the URL of one that runs (default: in the memory of the cluster).")
  private String redis;

  /** The nodes of a run. */
  static final class Running implements AutoCloseable {
    private final RedisProcess redis;
    private final ServerGroup group;
    private final Site site;

    private Running(RedisProcess redis, ServerGroup group, Site site) {
      this.redis = redis;
      this.group = group;
      this.site = site;
    }

    Site site() {
      return site;
    }

    /** Process ids of the nodes; none where they were not started here. */
    List<Long> pids() {
      return group == null ? List.of() : group.pids();
    }

    @Override
    public void close() {
      if (group != null) {
        group.close();
      }
      if (redis != null) {
        redis.close();
      }
    }
  }

  boolean hasRedis() {
    return redis != null;
  }

  TargetOptions target() {
    return target;
  }

  /** A site that is only good to see whether the other options are. */
  Site draft(int sockets) {
    if (nodes < 1 || nodes > 8) {
      throw target.fault("--nodes must be 1 to 8");
    }
    if (target.isSaid() && (nodes > 1 || redis != null)) {
      throw target.fault("--nodes and --redis are for nodes that are started here, and --url names one that runs");
    }
    if (!target.isSaid() && target.hasCredentials()) {
      throw target.fault("--secret and --token are for the server of --url; a node that is started here has a secret of its own");
    }
    if (redis != null && !isUrl() && !Files.isExecutable(Path.of(redis))) {
      throw target.fault("--redis: no program " + redis);
    }
    return new Site(List.of(target.target(sockets)), Tokens.fixed("t"), () -> null);
  }

  private boolean isUrl() {
    return redis.startsWith("redis://") || redis.startsWith("rediss://");
  }

  /**
   * Starts what is to be started.
   *
   * @param sockets that are to be opened, on all nodes together
   * @param settings of the nodes, which the user's own come after
   */
  Running start(int sockets, List<String> settings) throws IOException, InterruptedException {
    if (target.isSaid()) {
      Target there = target.target(sockets);
      return new Running(null, null, new Site(List.of(there), target.tokens(), () -> reading(null, null, List.of(there.uri()))));
    }
    RedisProcess server = null;
    ServerGroup group = null;
    try {
      List<String> all = new ArrayList<>(settings);
      if (redis != null) {
        server = isUrl() ? null : RedisProcess.start(Path.of(redis));
        all.addAll(List.of("store.type=redis", "store.redis.url=" + (server == null ? redis : server.url())));
      }
      Launch launch = launching.launch();
      all.addAll(launch.settings());
      group = ServerGroup.start(launch.with(all), nodes);
      return new Running(server, group, site(launch, server, group, sockets));
    } catch (IOException | InterruptedException | RuntimeException e) {
      new Running(server, group, null).close();
      throw e;
    }
  }

  private Site site(Launch launch, RedisProcess server, ServerGroup group, int sockets) {
    List<URI> uris = group.uris();
    Tokens tokens = new MintedTokens(launch.secret(), Instant.now().getEpochSecond() + TOKEN_LIFE_S);
    return new Site(uris.stream().map(uri -> target.target(uri, sockets)).toList(), tokens, () -> reading(group, server, uris));
  }

  private static Site.Reading reading(ServerGroup group, RedisProcess server, List<URI> uris) {
    return new Site.Reading(group == null ? Double.NaN : group.cpuSeconds(), server == null ? Double.NaN : ServerGroup.cpuSeconds(server.pid()),
        ServerGroup.cpuSeconds(ProcessHandle.current().pid()), ServerGroup.figures(uris));
  }
}
