package io.vestibule.gateway.presence;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.CallerPromise;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.SocketReport.Awaited;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.ReturnNotice;
import io.vestibule.gateway.admission.NodeNotices.Departed;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import io.vestibule.gateway.presence.core.LoopWatches;
import io.vestibule.gateway.presence.core.NodeViews;
import io.vestibule.gateway.presence.core.PresenceBook;
import io.vestibule.gateway.presence.core.Uplink;
import io.vestibule.gateway.session.LoopClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Presence of one node: what its event loops tell goes to the owners of the shards, and what those say to the loops that watch. Everything happens on one context, that on which it is made.
 */
public final class NodePresence implements Departed {
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final long EXPIRY_MS = 250;

  private final Vertx vertx;
  private final Context context;
  private final Bus bus;
  private final Membership membership;
  private final LoopClock clock;
  private final ShardDirectory directory;
  private final StateFrames frames;
  private final Uplink uplink;
  private final PresenceBook book;
  private final NodeViews views;
  private final Looks looks;
  final Inbox inbox;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final PresenceMeters meters;
  private long alarm = -1;
  private long alarmAtMs = Long.MAX_VALUE;
  private boolean closed;

  private record Loop(Context context, PresenceLoop loop) {}

  /**
   * The presence of this node; to be made on the context that it is to work on.
   *
   * @param slotGrace how long a session that has lost its connection keeps its slot
   */
  public NodePresence(Vertx vertx, Bus bus, Membership membership, LoopClock clock, Duration slotGrace, PresenceMeters meters) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.bus = bus;
    this.membership = membership;
    this.clock = clock;
    this.meters = meters;
    this.directory = new ShardDirectory(membership);
    FrameEncoder encoder = new FrameEncoder(clock.epochMs());
    this.frames = new StateFrames(encoder);
    // A later process of the same node id has a later time.
    this.uplink = new Uplink(membership.self().id(), clock.epochMs().getAsLong());
    this.book = new PresenceBook(uplink::state, slotGrace.toMillis());
    this.views = new NodeViews(uplink::state, this::tell);
    this.looks = new Looks(vertx, new PresenceLookup(bus, membership), encoder, clock.monotonicMs());
    this.inbox = new Inbox(context, this::proceed);
  }

  /** Hears the owners and speaks to them, from now on; on its own context. */
  public Future<Registration> start() {
    long expiry = vertx.setPeriodic(EXPIRY_MS, id -> expire());
    Registration changes = membership.watch(change -> context.runOnContext(here -> ownersMayDiffer()));
    ownersMayDiffer();
    return bus.serve(Addresses.PRESENCE_NEWS.at(membership.self().id()), (news, flow) -> Future.succeededFuture(hear(news))).map(served -> () -> {
      closed = true;
      vertx.cancelTimer(expiry);
      vertx.cancelTimer(alarm);
      return Future.join(changes.close(), served.close()).mapEmpty();
    });
  }

  /**
   * Adds an event loop.
   *
   * @return where its watchers are registered
   */
  public LoopWatches.Desk add(Context loopContext, PresenceLoop loop) {
    int number;
    synchronized (loops) {
      number = loops.size();
      loops.add(new Loop(loopContext, loop));
    }
    return new LoopWatches.Desk() {
      @Override
      public void watch(String topic, long ticket) {
        inbox.add(() -> views.watch(number, topic, ticket));
      }

      @Override
      public void tellAgain(String topic, long ticket) {
        inbox.add(() -> views.tellAgain(number, topic, ticket));
      }

      @Override
      public void unwatch(String topic, long ticket) {
        inbox.add(() -> {
          views.unwatch(number, topic, ticket);
          // Whoever watches next may be told with numbers from the beginning.
          frames.forget(topic);
        });
      }
    };
  }

  /** Whether so much waits to be done that nothing may be added to it, but for the end of what was added before; any thread. */
  public boolean isFull() {
    return inbox.isFull();
  }

  /** Writes something into the book of this node's users; any thread, in the order of each. */
  public void write(Consumer<PresenceBook> entry) {
    inbox.add(() -> entry.accept(book));
  }

  /** Somebody has come back, and those who watch are to hear of it, on all nodes; any thread. */
  public void returned(ReturnNotice notice) {
    bus.publish(Addresses.PRESENCE_RETURNED, notice, null);
  }

  @Override
  public void unawaited(String connection, boolean goesOn) {
    write(entries -> entries.unawaited(connection, goesOn, clock.monotonicMs().getAsLong()));
  }

  @Override
  public Future<List<Awaited>> awaited(int shard) {
    Promise<List<Awaited>> answer = CallerPromise.create();
    write(entries -> answer.tryComplete(entries.awaited().stream().filter(socket -> ShardKinds.QUEUES.shardOf(socket.queue()) == shard).toList()));
    return answer.future();
  }

  /**
   * How a topic is now, for somebody who does not watch it; any context, on which the answer comes.
   *
   * @return a frame; fails with a {@link io.vestibule.contract.error.Failure} where the owner cannot be asked in time
   */
  public Future<Buffer> look(String topic) {
    if (isFull()) {
      return Future.failedFuture(Looks.unavailable());
    }
    Promise<Buffer> answer = CallerPromise.create();
    inbox.add(() -> {
      var known = views.state(topic);
      if (known.isPresent()) {
        answer.tryComplete(frames.of(known.get()));
      } else {
        looks.at(topic).onComplete(answer::tryComplete, answer::tryFail);
      }
    });
    return answer.future();
  }

  private void tell(PresenceTelling telling, Map<Integer, Long> to) {
    Buffer frame = frames.of(telling);
    boolean whole = telling instanceof PresenceState;
    to.forEach((number, ticket) -> {
      Loop loop = loops.get(number);
      loop.context.runOnContext(there -> {
        if (whole) {
          loop.loop.state(telling.topic(), ticket, telling.rev(), frame);
        } else {
          loop.loop.change(telling.topic(), ticket, telling.rev(), frame);
        }
      });
    });
  }

  private PresenceAnswers hear(PresenceNews news) {
    PresenceAnswers answers = views.hear(news);
    meters.diverged(views.divergences());
    return answers;
  }

  private void expire() {
    book.expire(clock.monotonicMs().getAsLong());
    views.beat();
    proceed();
  }

  private void ownersMayDiffer() {
    uplink.ownersAre(shard -> directory.ownerOf(ShardKinds.PRESENCE, shard).map(NodeRef::id));
    proceed();
  }

  private void proceed() {
    if (closed) {
      return;
    }
    meters.counted(book.size(), views.size());
    long now = clock.monotonicMs().getAsLong();
    long next = uplink.proceed(now, this::send);
    if (next < alarmAtMs) {
      vertx.cancelTimer(alarm);
      alarmAtMs = next;
      alarm = vertx.setTimer(Math.max(1, next - now), id -> {
        alarmAtMs = Long.MAX_VALUE;
        proceed();
      });
    }
  }

  private void send(String owner, PresenceStatements message) {
    bus.request(Addresses.PRESENCE_STATEMENTS.at(owner), message, DEADLINE, null).onComplete((answers, failed) -> {
      long now = clock.monotonicMs().getAsLong();
      if (failed == null) {
        uplink.answered(owner, message, answers, now);
      } else {
        uplink.failed(owner, message, now);
      }
      proceed();
    });
  }
}
