package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.cluster.store.CallerContext;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.LoopCursors;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicName;
import io.vestibule.gateway.topic.TopicPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Durable topics with members: a member's device gets what it has not acknowledged, and acknowledges it. One event loop. */
public final class MemberTopics {
  private static final int RETRY_MS = 1_000;
  private static final long PATIENCE_MS = 1_800;
  private static final Duration PREPARES = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Subscriptions subscriptions;
  private final LoopMemberships members;
  private final LoopTails tails;
  private final LoopCursors cursors;
  private final Permissions permissions;
  private final LoopReceipts receipts;

  /** Those of an event loop. */
  public MemberTopics(Vertx vertx, Subscriptions subscriptions, LoopMemberships members, LoopTails tails, LoopCursors cursors, Permissions permissions, LoopReceipts receipts) {
    this.vertx = vertx;
    this.subscriptions = subscriptions;
    this.members = members;
    this.tails = tails;
    this.cursors = cursors;
    this.permissions = permissions;
    this.receipts = receipts;
  }

  /** Whether devices have places in a topic, or pattern. */
  boolean hasPlaces(Connection connection, String topic) {
    return connection.takesTopics() && tails.keeps(topic) && permissions.needsMembers(topic);
  }

  /** Whether somebody who begins with a topic goes on where his device is: he is a member, and has not been told of anything yet. */
  boolean goesOn(Connection connection, Authenticated state, TopicPattern topic) {
    return topic.isLiteral() && hasPlaces(connection, topic.text()) && members.word(state.userId(), topic.text()) != null && !connection.holds(topic);
  }

  /**
   * Finds out where a member's device goes on in a topic.
   *
   * @return its place, or null for one that goes on from now; fails with {@link ErrorReason#STORE_UNAVAILABLE}
   */
  Future<Position> place(Connection connection, Authenticated state, String topic) {
    return place(state.userId(), OwnTopics.deviceOf(state), topic).timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
        .recover(thrown -> Future.failedFuture(Subscriptions.unreadable()));
  }

  private Future<Position> place(String userId, String device, String topic) {
    Word word = members.word(userId, topic);
    return word == null ? Future.succeededFuture() : cursors.ofMember(topic, userId, device, new Position(word.epoch(), word.offset()));
  }

  /** Finds out what is not known before somebody can be subscribed again; if that takes long, he is let in before. */
  Future<Void> prepare(Connection connection, String userId, String device, List<String> topics, Places places) {
    return members.prepare(userId, topics).compose(known -> {
      List<Future<?>> asked = new ArrayList<>();
      for (String topic : topics) {
        if (hasPlaces(connection, topic) && members.word(userId, topic) != null && !places.offsets().containsKey(topic)) {
          asked.add(place(userId, OwnTopics.named(device), topic).onSuccess(place -> places.begins().put(topic, place)));
        }
      }
      return CallerContext.bring(vertx, PREPARES, Future.join(asked)).<Void>mapEmpty().otherwiseEmpty();
    });
  }

  /** The topics of a session to which somebody cannot be subscribed again before it is known what he is a member of, and where his device is. */
  List<String> late(Connection connection, String userId, List<String> topics, Places places) {
    return topics.stream().filter(topic -> hasPlaces(connection, topic) && (!members.knows(userId) || members.word(userId, topic) != null && !places.begins().containsKey(topic))).toList();
  }

  /** Subscribes somebody who is in to a topic, as soon as it is known whether he may, and where his device is. */
  void begin(Connection connection, String topic) {
    bring(connection, topic).onFailure(failed -> vertx.setTimer(RETRY_MS / 2 + ThreadLocalRandom.current().nextInt(RETRY_MS), id -> begin(connection, topic)));
  }

  /**
   * Subscribes somebody who is in to a topic, if he may.
   *
   * @return done when that has begun, or need not; fails where it could not be found out whether he may, or where his device is
   */
  Future<Void> bring(Connection connection, String topic) {
    TopicPattern pattern = TopicPattern.parse(topic);
    if (!(connection.state() instanceof Authenticated state) || connection.holds(pattern)) {
      return Future.succeededFuture();
    }
    return members.know(state.userId()).compose(known -> place(state.userId(), OwnTopics.deviceOf(state), topic)).compose(place -> {
      boolean may = connection.state() instanceof Authenticated now && now.userId().equals(state.userId()) && !connection.holds(pattern);
      return may ? subscribe(connection, pattern, place) : Future.succeededFuture();
    });
  }

  private Future<Void> subscribe(Connection connection, TopicPattern pattern, Position place) {
    Late late = new Late(connection, pattern.text());
    try {
      subscriptions.subscribe(connection, connection.principal(), pattern, false);
      subscriptions.begin(connection, pattern, place, late);
    } catch (Failure forbidden) {
      // He is no member any more, or has subscribed to too much meanwhile: the client was not told of this one.
      late.ended();
    }
    return late.over.future();
  }

  /** A client that is told of a subscription which its session had. */
  private final class Late implements Comeback.Answer {
    private final Told told;
    private final Promise<Void> over = Promise.promise();

    Late(Connection connection, String topic) {
      told = new Told(connection, topic, false);
    }

    @Override
    public void begun(Position head, Boolean recovered) {
      told.begun(head, recovered);
      MemberTopics.this.begun(told.connection(), told.topic());
      over.tryComplete();
    }

    @Override
    public void ended() {
      over.tryComplete();
    }

    @Override
    public boolean waits() {
      return told.waits();
    }
  }

  /** Somebody's subscription has begun: he is told how far the members are. */
  void begun(Connection connection, String topic) {
    if (hasPlaces(connection, topic)) {
      receipts.begun(connection, topic);
    }
  }

  /** A client says how far its device is, or its user. */
  void ack(Connection connection, Authenticated state, ClientFrame.Ack frame) {
    String topic = TopicName.requireValid(frame.topic());
    TopicPattern pattern = TopicPattern.parse(topic);
    permissions.checkSubscribe(state.identity().principal(), pattern);
    if (members.word(state.userId(), topic) == null) {
      throw Failure.of(ErrorReason.FORBIDDEN_SUBSCRIBE).with("topic", topic);
    }
    if (!permissions.rules().ruleFor(topic).durable()) {
      throw Failure.of(ErrorReason.NOT_DURABLE);
    }
    // Whoever is subscribed was told where the event loop is.
    boolean told = connection.holds(pattern) && tails.place(topic) != null;
    Position place = OwnTopics.placeOf(connection, tails, frame, told ? tails.place(topic).epoch() : 0);
    cursors.move(topic, Cursor.device(state.userId(), OwnTopics.deviceOf(state)), place);
    if (frame.read()) {
      cursors.move(topic, Cursor.read(state.userId()), place);
    }
  }
}
