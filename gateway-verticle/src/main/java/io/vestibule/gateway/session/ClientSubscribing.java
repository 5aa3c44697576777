package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.Map;
import java.util.function.Consumer;

/** What clients subscribe to, and end. On a durable topic a subscription stands when it is known where it begins. */
final class ClientSubscribing {
  private final Subscriptions subscriptions;
  private final MemberTopics members;
  private final LoopMemberships memberships;

  ClientSubscribing(Subscriptions subscriptions, MemberTopics members, LoopMemberships memberships) {
    this.subscriptions = subscriptions;
    this.members = members;
    this.memberships = memberships;
  }

  void subscribe(Connection connection, Authenticated state, ClientFrame.Subscribe frame) {
    try {
      if (frame.join()) {
        Future<Void> joined = memberships.turn(connection, state.identity().principal(), frame.topic(), true);
        afterwards(connection, joined, frame.id(), frame.topic(), now -> begin(connection, now, frame));
      } else {
        begin(connection, state, frame);
      }
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }

  /** The socket is not read meanwhile. */
  private static <T> void afterwards(Connection connection, Future<T> first, String id, String topic, Consumer<Authenticated> then) {
    connection.await();
    first.onComplete((done, failed) -> {
      if (failed != null) {
        connection.error(id, failed instanceof Failure failure ? failure : Failure.of(ErrorReason.INTERNAL), topic, null);
      } else if (connection.state() instanceof Authenticated now) {
        then.accept(now);
      }
      connection.goOn();
    });
  }

  private void begin(Connection connection, Authenticated state, ClientFrame.Subscribe frame) {
    try {
      if (frame.recover() == null && frame.since() == null && !frame.fromNow() && members.goesOn(connection, state, TopicPattern.parse(frame.topic()))) {
        Future<Position> place = members.place(connection, state, frame.topic());
        afterwards(connection, place, frame.id(), frame.topic(), now -> subscribe(connection, now.identity().principal(), frame.at(place.result())));
      } else {
        subscribe(connection, state.identity().principal(), frame);
      }
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }

  private void subscribe(Connection connection, Principal principal, ClientFrame.Subscribe frame) {
    try {
      TopicPattern pattern = TopicPattern.parse(frame.topic());
      requireForm(frame, pattern);
      if (!pattern.isLiteral()) {
        subscribe(connection, principal, pattern, frame);
        return;
      }
      boolean hears = subscriptions.hears(connection, pattern);
      boolean begins = subscriptions.subscribe(connection, principal, pattern, frame.presence());
      subscriptions.begin(connection, pattern, frame.recover(), new Asked(connection, pattern, frame, begins, hears));
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }

  private static void requireForm(ClientFrame.Subscribe frame, TopicPattern pattern) {
    if (pattern.isLiteral() ? frame.since() != null : frame.recover() != null) {
      throw Failure.ofField(ErrorReason.WRONG_TYPE, "recover", pattern.isLiteral()
          ? "The field 'recover' of a literal topic must be false, or an object with the text 'epoch' and the whole number 'offset'."
          : "The field 'recover' of a pattern must be false, or an object with the time 'at' and the object 'topics', each of them {epoch, offset}.");
    }
    if (frame.since() != null) {
      for (String topic : frame.since().topics().keySet()) {
        if (!pattern.matches(topic)) {
          throw Failure.ofField(ErrorReason.INVALID_VALUE, "recover", "The pattern does not match each of these topics.").with("topic", topic);
        }
      }
    }
  }

  private void subscribe(Connection connection, Principal principal, TopicPattern pattern, ClientFrame.Subscribe frame) {
    subscriptions.requireBeginning(connection, pattern);
    boolean begins = subscriptions.subscribe(connection, principal, pattern, frame.presence());
    if (frame.since() == null) {
      connection.send(new ServerFrame.Subscribed(frame.id(), frame.topic(), false, null, null));
      return;
    }
    subscriptions.comeBack(connection, pattern, frame.since(), begins, new PatternReturn.Answer() {
      @Override
      public void begun(Map<String, Boolean> recovered) {
        connection.send(new ServerFrame.SubscribedPattern(frame.id(), frame.topic(), recovered));
      }

      @Override
      public void failed(Failure failure) {
        if (begins) {
          subscriptions.removeForServer(connection, pattern);
        }
        connection.error(frame.id(), failure, frame.topic(), null);
      }
    });
  }

  /** The subscription ends first: its client is told of that once. Where he could not leave, it goes on from where the device is. */
  private void leave(Connection connection, Authenticated state, ClientFrame.Unsubscribe frame) {
    Future<Void> left = memberships.turn(connection, state.identity().principal(), frame.topic(), false);
    if (subscriptions.endMembership(connection, TopicPattern.parse(frame.topic()))) {
      left.onFailure(failed -> members.begin(connection, frame.topic()));
    }
    afterwards(connection, left, frame.id(), frame.topic(), now -> connection.send(new ServerFrame.Unsubscribed(frame.id(), frame.topic())));
  }

  /** A client that waits for its {@code subscribed}. */
  private final class Asked implements Comeback.Answer {
    private final Connection connection;
    private final TopicPattern pattern;
    private final ClientFrame.Subscribe frame;
    private final boolean begins;
    private final boolean hears;

    Asked(Connection connection, TopicPattern pattern, ClientFrame.Subscribe frame, boolean begins, boolean hears) {
      this.connection = connection;
      this.pattern = pattern;
      this.frame = frame;
      this.begins = begins;
      this.hears = hears;
    }

    @Override
    public void begun(Position head, Boolean recovered) {
      connection.send(new ServerFrame.Subscribed(frame.id(), frame.topic(), false, head, recovered));
      members.begun(connection, frame.topic());
      if (frame.presence()) {
        subscriptions.watch(connection, pattern);
      }
    }

    @Override
    public boolean isAgain() {
      return hears;
    }

    @Override
    public boolean waits() {
      return false;
    }

    @Override
    public void failed() {
      if (begins) {
        subscriptions.removeForServer(connection, pattern);
      }
      connection.error(frame.id(), Subscriptions.unreadable(), frame.topic(), null);
    }

    @Override
    public void ended() {
      connection.error(frame.id(), Subscriptions.endedBeforeItBegan(), frame.topic(), null);
    }
  }

  void unsubscribe(Connection connection, Authenticated state, ClientFrame.Unsubscribe frame) {
    try {
      if (frame.leave()) {
        leave(connection, state, frame);
        return;
      }
      subscriptions.unsubscribe(connection, frame.topic());
      connection.send(new ServerFrame.Unsubscribed(frame.id(), frame.topic()));
    } catch (Failure failure) {
      connection.error(frame.id(), failure, frame.topic(), null);
    }
  }
}
