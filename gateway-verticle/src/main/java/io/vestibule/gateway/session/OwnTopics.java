package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.LoopCursors;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.topic.TopicRules;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Users' own topics, where they are durable: a device gets what it has not acknowledged, and acknowledges it, as it does with {@link MemberTopics}. One event loop. */
public final class OwnTopics {
  private static final int RETRY_MS = 1_000;
  private static final long PREPARES_MS = 1_000;

  private final Vertx vertx;
  private final Subscriptions subscriptions;
  private final LoopTails tails;
  private final LoopCursors cursors;
  private final TopicRules rules;
  private final MemberTopics members;

  /** Those of an event loop. */
  public OwnTopics(Vertx vertx, Subscriptions subscriptions, LoopTails tails, LoopCursors cursors, TopicRules rules, MemberTopics members) {
    this.vertx = vertx;
    this.subscriptions = subscriptions;
    this.tails = tails;
    this.cursors = cursors;
    this.rules = rules;
    this.members = members;
  }

  /**
   * Finds out where somebody's device goes on in the own topic, while it waits to be let in; if that takes long, it is let in before.
   *
   * @param device null for the usual name
   * @param places is told
   */
  Future<Void> prepare(Connection connection, String own, String device, Places places) {
    if (!connection.takesTopics() || !tails.keeps(own) || places.offsets().containsKey(own)) {
      return Future.succeededFuture();
    }
    return cursors.ofDevice(own, named(device)).timeout(PREPARES_MS, TimeUnit.MILLISECONDS).<Void>map(place -> {
      places.begins().put(own, place);
      return null;
    }).otherwiseEmpty();
  }

  /**
   * Subscribes somebody who is in to its own topic. Where that is durable it begins where its device has acknowledged; as long as nobody can say where that is, it is not subscribed.
   *
   * @param hasPlace whether it is on its way from where it said, or was {@link #prepare prepared}
   */
  void begin(Connection connection, Authenticated state, boolean hasPlace) {
    TopicPattern own = TopicPattern.parse(state.identity().principal().userTopic());
    if (hasPlace) {
      subscriptions.subscribeToOwn(connection, own);
    } else if (!connection.takesTopics() || !tails.keeps(own)) {
      subscribe(connection, own, null);
    } else if (!connection.holds(own)) {
      look(connection, own, deviceOf(state));
    }
  }

  private void subscribe(Connection connection, TopicPattern own, Position place) {
    subscriptions.subscribeToOwn(connection, own);
    subscriptions.begin(connection, own, place, new Told(connection, own.text(), true));
  }

  private void look(Connection connection, TopicPattern own, String device) {
    cursors.ofDevice(own.text(), device).onComplete((place, failed) -> {
      boolean waits = connection.state() instanceof Authenticated a && a.identity().principal().userTopic().equals(own.text()) && !connection.holds(own);
      if (waits && failed == null) {
        subscribe(connection, own, place);
      } else if (waits) {
        vertx.setTimer(RETRY_MS / 2 + ThreadLocalRandom.current().nextInt(RETRY_MS), id -> look(connection, own, device));
      }
    });
  }

  static String deviceOf(Authenticated state) {
    return named(state.session() == null ? null : state.session().device);
  }

  static String named(String device) {
    return device == null ? Authentication.DEFAULT : device;
  }

  /** A client says how far its device is. */
  void ack(Connection connection, Authenticated state, ClientFrame.Ack frame) {
    try {
      String topic = state.identity().principal().userTopic();
      if (rules.ruleFor(frame.topic()).hasMembers()) {
        members.ack(connection, state, frame);
        return;
      }
      if (!frame.topic().equals(topic)) {
        throw Failure.ofField(ErrorReason.INVALID_VALUE, "topic", "Only what comes on the user's own topic, or on one that he is a member of, is acknowledged.");
      }
      if (frame.read()) {
        throw Failure.ofField(ErrorReason.INVALID_VALUE, "read", "Nobody is told what was read of a user's own topic.");
      }
      if (!rules.ruleFor(topic).durable()) {
        throw Failure.of(ErrorReason.NOT_DURABLE);
      }
      cursors.move(topic, Cursor.device(deviceOf(state)), placeOf(connection, tails, frame, connection.ownEpoch));
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }

  /**
   * The place that is acknowledged. Without an epoch it is the one that the client was told last: when this is written, the log may be in another.
   *
   * @param told an epoch that it was told before; 0 for none
   */
  static Position placeOf(Connection connection, LoopTails tails, ClientFrame.Ack frame, long told) {
    Position end = tails.place(frame.topic());
    long epoch = frame.epoch() != null ? Position.epochOf(frame.epoch()) : toldEpoch(connection, frame.topic(), end, told);
    if (epoch == 0) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "epoch", "Nothing was said of this topic yet on this connection, so the epoch has to be named.");
    }
    if (end != null && epoch == end.epoch() && frame.offset() > end.offset()) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "offset", "Nothing was sent yet that has this offset.");
    }
    return new Position(epoch, frame.offset());
  }

  private static long toldEpoch(Connection connection, String topic, Position end, long told) {
    Comeback way = connection.comeback(topic);
    if (way != null && way.isTold()) {
      return way.toldEpoch();
    }
    // Of a topic that has been quiet for long, the event loop may have forgotten where it is. An epoch that is over counts for nothing, so one too old does no harm.
    return way == null && told != 0 && end != null ? end.epoch() : told;
  }
}
