package io.vestibule.bench.line;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vestibule.bench.client.Tokens.TokenException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** People who join over HTTP ({@code POST /api/admission/join}), from the addresses that the sockets come from, and leave again. Blocks its caller for a bounded time. */
final class HttpJoins implements AutoCloseable {
  /** Far fewer from each address than a server lets one have. */
  private static final int CONNECTIONS = 256;
  private static final int MOST_OF_AN_ADDRESS = 32;
  private static final int QUEUED = 202;
  private static final int OK = 200;
  private static final long LIMIT_S = 30;

  private final Vertx vertx = Vertx.vertx();
  private final List<HttpClientAgent> clients = new ArrayList<>();
  private final LinePlan plan;
  private final Map<String, Integer> faults;
  private final ConcurrentLinkedQueue<String> waiting = new ConcurrentLinkedQueue<>();
  private volatile long lastNanos;
  private int turn;

  HttpJoins(LinePlan plan, Map<String, Integer> faults) {
    this.plan = plan;
    this.faults = faults;
    List<InetAddress> sources = plan.target().sources().addresses();
    int each = Math.max(1, Math.min(MOST_OF_AN_ADDRESS, CONNECTIONS / Math.max(1, sources.size())));
    for (int i = 0; i < Math.max(1, Math.min(CONNECTIONS, sources.size())); i++) {
      HttpClientOptions options = new HttpClientOptions().setSsl(plan.target().tls() != null).setTrustAll(plan.insecure()).setVerifyHost(!plan.insecure());
      if (!sources.isEmpty()) {
        options.setLocalAddress(sources.get(i).getHostAddress());
      }
      clients.add(vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(each)));
    }
  }

  /** Lets all join, as fast as the connections permit, and then leave. */
  LineReport.Joined run(String run) throws TokenException {
    if (plan.httpJoins() == 0) {
      return new LineReport.Joined(0, 0, 0);
    }
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < plan.httpJoins(); i++) {
      tokens.add(plan.tokens().forUser("bench-" + run + "-http" + i));
    }
    String queue = new JsonObject().put("queue", plan.queue()).encode();
    long start = System.nanoTime();
    await(tokens.stream().map(token -> post("/api/admission/join", token, queue, QUEUED)).toList());
    double seconds = Math.max(1, lastNanos - start) / 1e9;
    int came = waiting.size();
    await(waiting.stream().map(token -> post("/api/admission/leave", token, "{}", OK)).toList());
    return new LineReport.Joined(plan.httpJoins(), came, came == 0 ? 0 : came / seconds);
  }

  private void await(List<Future<Void>> requests) {
    try {
      Future.join(requests).otherwiseEmpty().await(LIMIT_S, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      faults.merge("HTTP: not answered in time", 1, Integer::sum);
    }
  }

  private Future<Void> post(String path, String token, String body, int expected) {
    URI uri = plan.target().uri();
    boolean tls = plan.target().tls() != null;
    RequestOptions request = new RequestOptions().setMethod(HttpMethod.POST).setHost(uri.getHost()).setPort(uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80)
        .setURI(path).putHeader("Authorization", "Bearer " + token).putHeader("Content-Type", "application/json");
    return clients.get(turn++ % clients.size()).request(request)
        .compose(begun -> begun.send(Buffer.buffer(body)))
        .compose(response -> response.body().map(answer -> {
          if (response.statusCode() != expected) {
            faults.merge("HTTP " + response.statusCode() + " to " + path, 1, Integer::sum);
          } else if (expected == QUEUED) {
            lastNanos = System.nanoTime();
            waiting.add(answer.toJsonObject().getString("resumeToken"));
          }
          return (Void) null;
        }))
        .onFailure(broken -> faults.merge("HTTP: " + broken.getClass().getSimpleName(), 1, Integer::sum));
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
