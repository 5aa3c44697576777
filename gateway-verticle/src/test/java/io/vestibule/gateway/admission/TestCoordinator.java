package io.vestibule.gateway.admission;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionAnswers;
import io.vestibule.contract.admission.AdmissionBatch;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.SlotsRenewed;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A coordinator of all queues, on the bus of a test: admits as many as there is room for, keeps sessions as a real one does without any of its times and limits, and says
 * what a script says where there is one. Thread-safe.
 */
public final class TestCoordinator {
  private static final Quota QUOTA = Quota.NONE;

  private final Bus bus;
  private final String node;
  private final List<AdmissionCommand> commands = new ArrayList<>();
  private final Map<SessionRef, Kept> sessions = new HashMap<>();
  private final Map<String, AdmissionAnswer> attempts = new HashMap<>();
  private Function<AdmissionCommand, AdmissionAnswer> script = command -> null;
  private int room = Integer.MAX_VALUE;
  private int places;
  private boolean forgetsPlaces;
  private Registration registration;
  private Registration renewals;
  private volatile long renewedNanos;
  private Promise<Void> held;

  private static final class Kept {
    String queue;
    SessionClaim claim;
    Holder holder;
    boolean admitted;
    long confirmed;
    long version;
    String state;
  }

  /** A coordinator at this node, which has the role {@code admission}. */
  public TestCoordinator(Bus bus, String node) {
    this.bus = bus;
    this.node = node;
  }

  /** Answers from now on. */
  public Future<Void> serve() {
    return bus.serve(Addresses.ADMISSION.at(node), (batch, flow) -> answers(batch)).onSuccess(served -> registration = served)
        .compose(served -> renewals == null ? renew() : Future.succeededFuture());
  }

  /** Answers for the slots of gateways from now on, whether it answers anything else or not. */
  public Future<Void> renew() {
    return bus.serve(Addresses.ADMISSION_RENEWAL.at(node), (asked, flow) -> {
      renewedNanos = System.nanoTime();
      return Future.succeededFuture(new SlotsRenewed(asked.shards()));
    }).onSuccess(served -> renewals = served).mapEmpty();
  }

  /** When it answered for slots last, by {@link System#nanoTime}. */
  public long renewedNanos() {
    return renewedNanos;
  }

  /** Answers for no slots any more. */
  public Future<Void> stopRenewing() {
    return renewals.close();
  }

  /** Is not there any more. */
  public Future<Void> stop() {
    return registration.close();
  }

  private synchronized Future<AdmissionAnswers> answers(AdmissionBatch batch) {
    AdmissionAnswers answers = new AdmissionAnswers(batch.commands().stream().map(this::heard).toList());
    return held == null ? Future.succeededFuture(answers) : held.future().map(answers);
  }

  private AdmissionAnswer heard(AdmissionCommand command) {
    commands.add(command);
    AdmissionAnswer scripted = script.apply(command);
    return scripted == null ? answer(command) : scripted;
  }

  private AdmissionAnswer answer(AdmissionCommand command) {
    if (command instanceof Join join) {
      return attempts.computeIfAbsent(join.user() + '/' + join.attempt(), first -> join(join));
    } else if (command instanceof Resume resume) {
      return attempts.computeIfAbsent(resume.attempt(), first -> resume(resume));
    } else if (command instanceof Save save) {
      Kept kept = sessions.get(save.session());
      if (kept != null && save.version() > kept.version && save.holder().equals(kept.holder)) {
        kept.version = save.version();
        kept.state = save.state();
      }
    } else if (command instanceof Confirm confirm && sessions.containsKey(confirm.session())) {
      sessions.get(confirm.session()).confirmed = confirm.generation();
    } else if (command instanceof Leave leave && sessions.remove(leave.session()) != null) {
      room++;
    }
    return new AdmissionAnswer.Done();
  }

  private AdmissionAnswer join(Join join) {
    Kept kept = new Kept();
    kept.queue = join.queue();
    kept.claim = new SessionClaim(join.user(), new SessionRef(SessionRef.place(join.queue(), 1, ++places), 0), 1, System.currentTimeMillis(), join.userClass());
    kept.holder = join.holder();
    kept.state = join.state();
    kept.admitted = room > 0;
    sessions.put(kept.claim.session(), kept);
    if (kept.admitted) {
      room--;
      return admitted(kept, false);
    }
    return waiting(kept, null);
  }

  private AdmissionAnswer resume(Resume resume) {
    Kept kept = sessions.get(resume.claim().session());
    if (kept == null) {
      return refused(ErrorReason.RESUME_EXPIRED);
    }
    long generation = kept.claim.generation();
    if (resume.claim().generation() != generation && (resume.claim().generation() != generation - 1 || kept.confirmed == generation)) {
      return refused(ErrorReason.RESUME_USED);
    }
    kept.holder = resume.holder();
    kept.claim = new SessionClaim(kept.claim.user(), kept.claim.session(), generation + 1, kept.claim.joinedAtMs(), kept.claim.userClass());
    if (forgetsPlaces) {
      JsonObject older = new JsonObject(kept.state);
      older.remove("since");
      kept.state = older.encode();
    }
    return kept.admitted ? admitted(kept, true) : waiting(kept, kept.state);
  }

  private static Refused refused(ErrorReason reason) {
    return new Refused(reason, 1_000, 1, 4, QUOTA);
  }

  private static Admitted admitted(Kept kept, boolean resumed) {
    return new Admitted(kept.claim, resumed, 0, kept.version, kept.state, QUOTA);
  }

  private static Waiting waiting(Kept kept, String state) {
    return new Waiting(kept.claim, standing(1), kept.version, state, QUOTA);
  }

  public static Standing standing(long position) {
    return new Standing(position, position, -1, -1, null, 1_000);
  }

  /** From now on so many are admitted, and those who come later wait. */
  public synchronized void room(int slots) {
    room = slots;
  }

  /** Says what this says, where it is not null. */
  public synchronized void script(Function<AdmissionCommand, AdmissionAnswer> says) {
    script = says;
  }

  /** Decides at once and answers when {@link #release} is called. */
  public synchronized void hold() {
    held = Promise.promise();
  }

  public void release() {
    Promise<Void> answered;
    synchronized (this) {
      answered = held;
      held = null;
    }
    answered.complete();
  }

  /** Whether those who come back were saved by a server that knew of no places where grants begin. */
  public synchronized void forgetPlaces(boolean forgets) {
    forgetsPlaces = forgets;
  }

  /** Takes the slot of a user's only session back, whose connection has gone. */
  public synchronized void requeueAway(String user) {
    sessions.values().stream().filter(kept -> kept.claim.user().equals(user)).findFirst().orElseThrow().admitted = false;
  }

  /** Forgets every session, as if their time were over. */
  public synchronized void forget() {
    sessions.clear();
  }

  /** The commands of a kind that came, in their order. */
  public synchronized <T extends AdmissionCommand> List<T> heard(Class<T> kind) {
    return commands.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** What the session remembers, or null. */
  public synchronized String stateOf(String sessionId) {
    return sessions.values().stream().filter(kept -> kept.claim.session().id().equals(sessionId)).findFirst().map(kept -> kept.state).orElse(null);
  }

  /** Gives the waiter at this connection a slot, and says so. */
  public AdmissionSeen promote(String gateway, String connection) {
    Kept promoted;
    synchronized (this) {
      promoted = sessions.values().stream().filter(kept -> connection.equals(kept.holder.connection())).findFirst().orElseThrow();
      promoted.admitted = true;
    }
    return say(gateway, new AdmissionNotice.Promoted(promoted.queue, connection, admitted(promoted, promoted.state != null && promoted.claim.generation() > 1)));
  }

  /** Takes the slot of a user's only session back, and says so. */
  public AdmissionSeen requeue(String gateway, String user) {
    Kept back;
    synchronized (this) {
      back = sessions.values().stream().filter(kept -> kept.claim.user().equals(user)).findFirst().orElseThrow();
      back.admitted = false;
    }
    return say(gateway, new AdmissionNotice.Requeued(back.queue, back.holder.connection(), waiting(back, null)));
  }

  /** The connection that the only session of a user lives on. */
  public synchronized String connectionOf(String user) {
    return sessions.values().stream().filter(kept -> kept.claim.user().equals(user)).findFirst().orElseThrow().holder.connection();
  }

  /** Whether a session of the user is kept. */
  public synchronized boolean knows(String user) {
    return sessions.values().stream().anyMatch(kept -> kept.claim.user().equals(user));
  }

  public synchronized SessionClaim claimOf(String user) {
    return sessions.values().stream().filter(kept -> kept.claim.user().equals(user)).findFirst().orElseThrow().claim;
  }

  public AdmissionSeen say(String gateway, AdmissionNotice notice) {
    return say(gateway, 1, notice);
  }

  /** Says something in a term. */
  public AdmissionSeen say(String gateway, long term, AdmissionNotice notice) {
    return await(bus.request(Addresses.ADMISSION_NOTICE.at(gateway),
        new AdmissionNotices(node, ShardKinds.QUEUES.shardOf(notice.queue()), term, List.of(notice)), null));
  }

  public List<SocketReport.Socket> sockets(String gateway, String queue) {
    return report(gateway, queue).sockets();
  }

  /** What a gateway reports of the shard that a queue is in. */
  public SocketReport report(String gateway, String queue) {
    return await(bus.request(Addresses.ADMISSION_SOCKETS.at(gateway), new SocketQuestion(node, ShardKinds.QUEUES.shardOf(queue), 1), null));
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
