package io.vestibule.gateway.session;

import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.transport.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a connection hears: its subscriptions, what it watches, and the topics that it is on its way back to. A part of {@link Connection} and no object of its own, as {@link ConnectionOutput} is. */
abstract class ConnectionTopics extends ConnectionOutput implements Comeback.Client {
  private static final int FEW = 32;

  private List<TopicPattern> subscriptions = List.of();
  /** The same, where there are so many that looking through them would take long; else null. */
  private Set<TopicPattern> many;
  private List<String> watched = List.of();
  /** On its way back to durable topics; null where it is not. */
  private Map<String, Comeback> comebacks;
  /** On its way back to patterns; null where it is not. */
  private List<PatternReturn> patternReturns;
  /** What servers gave it beyond what its user may have. */
  final Grants grants = new Grants();

  ConnectionTopics(ConnectionLoop loop, Transport transport, Dialect dialect) {
    super(loop, transport, dialect);
  }

  /** Something that its session is to remember has changed. */
  abstract void sessionChanged();

  /** What it is subscribed to; the list that was returned does not change any more. */
  List<TopicPattern> subscriptions() {
    return subscriptions;
  }

  /** Whether it is subscribed to just this. */
  boolean holds(TopicPattern topic) {
    return many == null ? subscriptions.contains(topic) : many.contains(topic);
  }

  /** It is subscribed to one more. */
  void subscribed(TopicPattern topic) {
    // Most connections have a handful, so the list is kept at its exact size.
    List<TopicPattern> now = new ArrayList<>(subscriptions.size() + 1);
    now.addAll(subscriptions);
    now.add(topic);
    subscriptions = now;
    if (many != null) {
      many.add(topic);
    } else if (now.size() > FEW) {
      many = new HashSet<>(now);
    }
  }

  /** It is subscribed to one less. */
  void unsubscribed(TopicPattern topic) {
    ArrayList<TopicPattern> now = new ArrayList<>(subscriptions);
    now.remove(topic);
    now.trimToSize();
    subscriptions = now;
    if (many != null) {
      many.remove(topic);
    }
  }

  /** It is subscribed to nothing any more. */
  void unsubscribedFromAll() {
    subscriptions = List.of();
    many = null;
  }

  /** The topics of which it wants to know who is there. */
  List<String> watched() {
    return watched;
  }

  void watched(List<String> now) {
    watched = now;
  }

  /** Whether messages of a topic come to it by another way now. */
  public boolean withholds(String topic) {
    return comebacks != null && comebacks.containsKey(topic);
  }

  @Override
  public Comeback comeback(String topic) {
    return comebacks == null ? null : comebacks.get(topic);
  }

  @Override
  public boolean subscribesTo(String topic) {
    return subscriptions.stream().anyMatch(held -> held.text().equals(topic));
  }

  /**
   * Something of a topic has come, by a pattern or more.
   *
   * @return whether it is put off until the connection has been told where the pattern begins
   */
  public boolean putsOff(String topic, boolean durable) {
    if (patternReturns == null || subscriptions.stream().anyMatch(held -> held.matches(topic) && patternReturns.stream().noneMatch(way -> way.putsOff(held, topic)))) {
      return false;
    }
    boolean puts = false;
    for (PatternReturn way : patternReturns) {
      puts |= way.comes(topic, durable);
    }
    return puts;
  }

  /** Its ways back to patterns. */
  List<PatternReturn> patternReturns() {
    return patternReturns == null ? List.of() : List.copyOf(patternReturns);
  }

  /** It is on its way back to a pattern. */
  void comesBack(PatternReturn way) {
    patternReturns = patternReturns == null ? new ArrayList<>(1) : patternReturns;
    patternReturns.add(way);
  }

  /** It is so no more. */
  void hasComeBack(PatternReturn way) {
    if (patternReturns != null && patternReturns.remove(way) && patternReturns.isEmpty()) {
      patternReturns = null;
    }
  }

  /** The topics that it is on its way back to. */
  List<String> comingBackTo() {
    return comebacks == null ? List.of() : List.copyOf(comebacks.keySet());
  }

  @Override
  public void comesBack(String topic, Comeback comeback) {
    comebacks = comebacks == null ? new HashMap<>() : comebacks;
    comebacks.put(topic, comeback);
  }

  @Override
  public boolean hasComeBack(String topic, Comeback comeback) {
    boolean was = comebacks != null && comebacks.remove(topic, comeback);
    if (was && comebacks.isEmpty()) {
      comebacks = null;
    }
    return was;
  }

  @Override
  public Position bound(String topic) {
    return loop.bound(self(), topic);
  }

  @Override
  public void bound(String topic, Position place) {
    if (grants.begin(topic, place)) {
      sessionChanged();
    }
  }

  /** A topic that it hears by its name goes on in another epoch, and it gets what comes after this place. */
  public void goesOn(String topic, Position place) {
    if (!withholds(topic) && grants.goOn(topic, place)) {
      sessionChanged();
    }
  }
}
