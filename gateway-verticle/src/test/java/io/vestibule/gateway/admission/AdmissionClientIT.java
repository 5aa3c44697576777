package io.vestibule.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswers;
import io.vestibule.contract.admission.AdmissionBatch;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way to the coordinators, over a real bus: order, batches, and what happens when the leader is another, late or gone. */
class AdmissionClientIT {
  private static final NodeRef SELF = new NodeRef("g", "gateway", Set.of("gateway"));
  private static final NodeRef A = new NodeRef("a", "a", Set.of("admission"));
  private static final NodeRef B = new NodeRef("b", "b", Set.of("admission"));
  private static final AdmissionAnswer DONE = new AdmissionAnswer.Done();
  private static final AdmissionAnswer NOT_LEADER = new AdmissionAnswer.NotLeader();

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx, Duration.ofSeconds(5), new SimpleMeterRegistry());
  private final Nodes nodes = new Nodes();
  private final List<AdmissionBatch> batches = new CopyOnWriteArrayList<>();
  private AdmissionClient client;

  /** A membership that a test changes. */
  private static final class Nodes implements Membership {
    private final List<Consumer<ClusterChange>> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterView view = new ClusterView(1, SELF, List.of(SELF));

    @Override
    public ClusterView view() {
      return view;
    }

    @Override
    public Registration watch(Consumer<ClusterChange> listener) {
      listeners.add(listener);
      return Future::succeededFuture;
    }

    void are(NodeRef... others) {
      List<NodeRef> all = new ArrayList<>(List.of(others));
      all.add(SELF);
      ClusterView before = view;
      view = new ClusterView(before.version() + 1, SELF, all);
      listeners.forEach(listener -> listener.accept(new ClusterChange(before, view)));
    }
  }

  @BeforeEach
  void start() {
    Promise<AdmissionClient> made = Promise.promise();
    vertx.runOnContext(here -> made.complete(new AdmissionClient(vertx, bus, nodes, () -> System.nanoTime() / 1_000_000)));
    client = await(made.future());
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Failure failure) {
        throw failure;
      }
      throw new AssertionError(failed.getCause());
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  private void serve(NodeRef node, Function<AdmissionBatch, Future<AdmissionAnswers>> answers) {
    await(bus.serve(Addresses.ADMISSION.at(node.id()), (batch, flow) -> {
      batches.add(batch);
      return answers.apply(batch);
    }));
  }

  private static Future<AdmissionAnswers> all(AdmissionBatch batch, AdmissionAnswer answer) {
    return Future.succeededFuture(new AdmissionAnswers(batch.commands().stream().map(command -> answer).toList()));
  }

  private static Join join(int n) {
    return new Join("q", "u" + n, "t" + n, new Holder("g", "c" + n), null, -1, "default", null);
  }

  private List<String> usersInOrder() {
    return batches.stream().flatMap(batch -> batch.commands().stream()).map(command -> ((Join) command).user()).toList();
  }

  @Test
  void manyCommandsAreFewMessagesAndKeepTheirOrder() {
    nodes.are(A);
    serve(A, batch -> all(batch, DONE));
    List<Future<AdmissionAnswer>> asked = IntStream.range(0, 3_000).mapToObj(n -> client.ask(join(n), "flow")).toList();
    asked.forEach(answer -> assertThat(await(answer)).isEqualTo(DONE));
    assertThat(batches).hasSizeBetween(3, 300).allSatisfy(batch -> assertThat(batch.gateway()).isEqualTo("g"));
    assertThat(usersInOrder()).isEqualTo(IntStream.range(0, 3_000).mapToObj(n -> "u" + n).toList());
  }

  @Test
  void theAnswerComesOnTheContextThatAsked() {
    nodes.are(A);
    serve(A, batch -> all(batch, DONE));
    Promise<Boolean> same = Promise.promise();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(here -> client.ask(join(1), null).onComplete(answer -> same.complete(Vertx.currentContext() == context)));
    assertThat(await(same.future())).isTrue();
  }

  @Test
  void whoeverDoesNotLeadIsAskedAgainAndTheOrderIsKept() {
    nodes.are(A);
    serve(A, batch -> batches.size() < 4 ? all(batch, NOT_LEADER) : all(batch, DONE));
    List<Future<AdmissionAnswer>> asked = IntStream.range(0, 20).mapToObj(n -> client.ask(join(n), null)).toList();
    asked.forEach(answer -> assertThat(await(answer)).isEqualTo(DONE));
    List<String> last = usersInOrder();
    assertThat(last.subList(last.size() - 20, last.size())).isEqualTo(IntStream.range(0, 20).mapToObj(n -> "u" + n).toList());
  }

  @Test
  void whenTheLeaderIsGoneTheNextOneIsAskedAtOnce() {
    nodes.are(A, B);
    NodeRef leader = new ShardDirectory(nodes).ownerOf(ShardKinds.QUEUES, "q").orElseThrow();
    NodeRef other = leader.equals(A) ? B : A;
    serve(leader, batch -> Promise.<AdmissionAnswers>promise().future());
    serve(other, batch -> all(batch, DONE));
    Future<AdmissionAnswer> answer = client.ask(join(1), null);
    until(() -> batches.size() == 1);
    long started = System.nanoTime();
    nodes.are(other);
    assertThat(await(answer)).isEqualTo(DONE);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).as("before the first attempt's time is over").isLessThan(CommandLane.ATTEMPT);
  }

  @Test
  void anAnswerThatWasGivenUpChangesNothing() {
    nodes.are(A, B);
    NodeRef leader = new ShardDirectory(nodes).ownerOf(ShardKinds.QUEUES, "q").orElseThrow();
    NodeRef other = leader.equals(A) ? B : A;
    Promise<AdmissionAnswers> late = Promise.promise();
    serve(leader, batch -> late.future());
    serve(other, batch -> all(batch, DONE));
    Future<AdmissionAnswer> first = client.ask(join(1), null);
    until(() -> batches.size() == 1);
    nodes.are(other);
    assertThat(await(first)).isEqualTo(DONE);
    late.complete(new AdmissionAnswers(List.of(NOT_LEADER)));
    assertThat(await(client.ask(join(2), null))).isEqualTo(DONE);
    assertThat(usersInOrder()).containsExactly("u1", "u1", "u2");
  }

  @Test
  void withoutAnybodyToAskItEnds() {
    Future<AdmissionAnswer> answer = client.ask(join(1), null);
    try {
      await(answer);
      throw new AssertionError("answered by nobody");
    } catch (Failure unavailable) {
      assertThat(unavailable.reason()).isEqualTo(ErrorReason.ADMISSION_UNAVAILABLE);
      assertThat(unavailable.retryAfterMs()).isPositive();
    }
  }

  @Test
  void answersThatDoNotFitTheQuestionsAreNone() {
    nodes.are(A);
    serve(A, batch -> batches.size() == 1 ? Future.succeededFuture(new AdmissionAnswers(List.of())) : all(batch, DONE));
    assertThat(await(client.ask(join(1), null))).isEqualTo(DONE);
  }

  @Test
  void whatWaitsIsBounded() {
    List<Future<AdmissionAnswer>> asked = new ArrayList<>();
    String state = "x".repeat(60 << 10);
    for (int n = 0; n < 2_000; n++) {
      AdmissionCommand save = new Save("q", new SessionRef("1-1", n), new Holder("g", "c"), 1, state);
      asked.add(client.ask(save, null));
    }
    List<Future<AdmissionAnswer>> refused = asked.stream().filter(Future::failed).toList();
    assertThat(refused).hasSizeBetween(800, 1_000);
    assertThat(((Failure) refused.get(0).cause()).reason()).isEqualTo(ErrorReason.ADMISSION_UNAVAILABLE);
    nodes.are(A);
    serve(A, batch -> all(batch, DONE));
    asked.stream().filter(answer -> !refused.contains(answer)).forEach(answer -> assertThat(await(answer)).isEqualTo(DONE));
    assertThat(batches).as("no message is larger than it has to be")
        .allSatisfy(batch -> assertThat(batch.commands().stream().mapToInt(c -> ((Save) c).state().length()).sum()).isLessThan(2 << 20));
    assertThat(await(client.ask(join(1), null))).as("there is room again").isEqualTo(DONE);
  }
}
