package io.vestibule.gateway.admission;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Unawaited;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.admission.SocketReport.Awaited;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Hears what coordinators say to this gateway node and asks of it, and brings it to the event loops: every loop hears every notice, and the one that has the connection
 * acts. One for a node; any thread.
 */
public final class NodeNotices {
  private static final long DEADLINE_MS = 2_000;

  private final AdmissionClient client;
  private final Departed departed;
  private final List<Holder> loops = new CopyOnWriteArrayList<>();
  private final Map<Integer, Long> terms = new ConcurrentHashMap<>();

  /** What an event loop does; called on its context. */
  public interface Loop {
    /** Hears a notice, and says whether its connection is here and what was said of it can be true. */
    boolean hear(AdmissionNotice notice);

    /** The sockets here that have a place in a queue of the shard. */
    List<SocketReport.Socket> sockets(int shard);
  }

  /** Where it is known who has had a connection here. */
  public interface Departed {
    /**
     * Nobody comes back to a connection, if it is gone; any thread.
     *
     * @param goesOn whether its user is there with another one
     */
    void unawaited(String connection, boolean goesOn);

    /** Those who are gone, and whose users are shown as there as long as their sessions, in the queues of a shard, wait for them; any thread. */
    Future<List<Awaited>> awaited(int shard);
  }

  private record Holder(Context context, Loop loop) {
    <T> Future<T> call(Function<Loop, T> question) {
      Promise<T> answer = Promise.promise();
      context.runOnContext(here -> {
        try {
          answer.tryComplete(question.apply(loop));
        } catch (RuntimeException failed) {
          answer.tryFail(failed);
        }
      });
      return answer.future().timeout(DEADLINE_MS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * The notices of a node.
   *
   * @param client by which the node's own questions go
   * @param departed is told of connections that may be here no more
   */
  public NodeNotices(AdmissionClient client, Departed departed) {
    this.client = client;
    this.departed = departed;
  }

  /** Adds an event loop. */
  public void add(Context context, Loop loop) {
    loops.add(new Holder(context, loop));
  }

  /** Answers to this node's own addresses, on the calling context. */
  public Future<Registration> serve(Bus bus, String nodeId) {
    Future<Registration> notices = bus.serve(Addresses.ADMISSION_NOTICE.at(nodeId), (message, flow) -> hear(message));
    Future<Registration> questions = bus.serve(Addresses.ADMISSION_SOCKETS.at(nodeId), (question, flow) -> report(question));
    return Future.all(notices, questions)
        .map(both -> () -> Future.join(notices.result().close(), questions.result().close()).mapEmpty());
  }

  private Future<AdmissionSeen> hear(AdmissionNotices message) {
    if (!isCurrent(message.shard(), message.term())) {
      // Whoever was the coordinator before has nobody here.
      return Future.succeededFuture(new AdmissionSeen(message.notices().stream().map(AdmissionNotice::connection).distinct().toList()));
    }
    message.notices().forEach(this::depart);
    return all(loop -> heard(loop, message)).map(seen -> {
      Set<String> known = new HashSet<>();
      seen.forEach(known::addAll);
      return new AdmissionSeen(message.notices().stream().map(AdmissionNotice::connection).filter(id -> !known.contains(id)).distinct().toList());
    });
  }

  /** A connection whose end is told may have dropped already, without the coordinator knowing. */
  private void depart(AdmissionNotice notice) {
    if (notice instanceof Unawaited unawaited) {
      departed.unawaited(unawaited.connection(), unawaited.goesOn());
    } else if (notice instanceof Ended ended) {
      departed.unawaited(ended.connection(), ended.end() == End.TAKEN_OVER || ended.end() == End.REPLACED);
    }
  }

  private static List<String> heard(Loop loop, AdmissionNotices message) {
    return message.notices().stream().filter(loop::hear).map(AdmissionNotice::connection).toList();
  }

  private boolean isCurrent(int shard, long term) {
    return terms.merge(shard, term, Math::max) == term;
  }

  /**
   * Reports sockets. One whose answer is on its way has its place already and does not know it, so answers that may be under way are waited for, a moment only: a new
   * coordinator answers nobody before it has heard this.
   */
  private Future<SocketReport> report(SocketQuestion question) {
    isCurrent(question.shard(), question.term());
    return client.landed(question.shard())
        .compose(landed -> all(loop -> loop.sockets(question.shard())))
        .compose(sockets -> departed.awaited(question.shard()).timeout(DEADLINE_MS, TimeUnit.MILLISECONDS)
            .map(awaited -> new SocketReport(sockets.stream().flatMap(List::stream).toList(), awaited)));
  }

  private <T> Future<List<T>> all(Function<Loop, T> question) {
    List<Future<T>> answers = loops.stream().map(loop -> loop.call(question)).toList();
    return Future.all(answers)
        .map(all -> answers.stream().map(Future::result).toList())
        .recover(failed -> Future.failedFuture(failed instanceof TimeoutException ? Failure.of(ErrorReason.TIMEOUT) : failed));
  }
}
