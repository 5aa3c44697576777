package io.vestibule.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes whose clusters have met: the map is that of the larger part. */
class MadeUpSecretsTest {
  private static final long DEADLINE = 20_000;

  private final Vertx vertx = Vertx.vertx();
  private AsyncMap<String, String> shared;

  @BeforeEach
  void open() {
    shared = await(vertx.sharedData().getLocalAsyncMap("secrets"));
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(DEADLINE, TimeUnit.MILLISECONDS).join();
  }

  /** One that looks when it is told to, and not by itself. */
  private MadeUpSecrets node(String secret) {
    MadeUpSecrets node = MadeUpSecrets.start(vertx, shared, secret, DEADLINE);
    node.close();
    await(node.look());
    return node;
  }

  @Test
  void nodesOfOneClusterHaveOneSecret() {
    MadeUpSecrets first = node("one");
    assertThat(first.believed()).containsExactly("one");
    assertThat(node("one").believed()).containsExactly("one");
    assertThat(await(shared.entries())).as("nothing is kept twice").hasSize(1);
    List<String> before = first.believed();
    await(first.look());
    assertThat(first.believed()).as("the same list").isSameAs(before);
  }

  @Test
  void nodesThatBeganApartBelieveEachOthersSecretsWhenTheyMeetAndSignWithOne() {
    MadeUpSecrets larger = node("ours");
    MadeUpSecrets smaller = node("theirs");
    await(larger.look());
    assertThat(larger.believed()).containsExactly("ours", "theirs");
    assertThat(smaller.believed()).containsExactly("ours", "theirs");
    await(shared.clear());
    await(smaller.look());
    await(larger.look());
    assertThat(await(shared.get(SharedSecret.KEY))).as("what the data grid has lost is told again").isEqualTo("ours,theirs");
    await(shared.put(SharedSecret.KEY, "theirs"));
    await(larger.look());
    assertThat(larger.believed()).as("all sign with the first").containsExactly("theirs", "ours");
    await(shared.put(SharedSecret.KEY, "ours"));
    await(larger.look());
    await(smaller.look());
    assertThat(node("ours").believed()).as("who joins later").containsExactly("ours", "theirs");
  }

  @Test
  void theyAreBounded() {
    IntStream.range(0, 30).forEach(i -> node("secret " + i));
    assertThat(node("mine").believed()).hasSize(MadeUpSecrets.MOST).startsWith("secret 0", "secret 1");
  }
}
