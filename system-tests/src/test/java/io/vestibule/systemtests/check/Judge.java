package io.vestibule.systemtests.check;

import io.vestibule.systemtests.check.Verdict.Promise;
import io.vestibule.systemtests.check.Verdict.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says whether what publishers and subscribers saw is what they were promised ({@code docs/protocol.md}, Durable topics). Pure. */
final class Judge {
  private final History history;
  private final Permits permits;
  private final List<Violation> violations = new ArrayList<>();
  private Counts counts = Counts.ZERO;

  private Judge(History history, Permits permits) {
    this.history = history;
    this.permits = permits;
  }

  /** The verdict on a history in which everything has ended and every subscriber has got what it will get. */
  static Verdict judge(History history, Permits permits) {
    Judge judge = new Judge(history, permits);
    history.topics().forEach(judge::judge);
    return new Verdict(judge.counts, List.copyOf(judge.violations));
  }

  private void judge(String topic) {
    Map<String, Sent> sent = history.sent(topic);
    Map<Place, String> log = new HashMap<>();
    for (Sent message : sent.values()) {
      counts = counts.plus(Counts.of(message));
      message.acknowledgements().forEach(said -> at(topic, log, said.place(), message.id(), message.publisher()));
      itsPlaceIsOne(topic, message);
    }
    publishersOrder(topic, sent);
    history.heard(topic).forEach((subscriber, heard) -> {
      Listening listening = new Listening(topic, permits, (promise, what) -> broken(promise, topic, subscriber, what));
      for (Heard one : heard) {
        if (one instanceof Heard.Message message) {
          at(topic, log, message.place(), message.id(), subscriber);
          if (!sent.containsKey(message.id())) {
            broken(Promise.INVENTED, topic, subscriber, "got " + message.id());
          }
        }
        listening.hear(one);
      }
      counts = counts.plus(listening.end(sent.values()));
    });
  }

  private void at(String topic, Map<Place, String> log, Place place, String id, String who) {
    String before = log.putIfAbsent(place, id);
    if (before != null && !before.equals(id)) {
      broken(Promise.TWO_AT_ONE_PLACE, topic, who, "says that " + id + " is at " + place + ", where another has " + before);
    }
  }

  private void itsPlaceIsOne(String topic, Sent message) {
    List<Sent.Acknowledged> said = message.acknowledgements();
    if (!permits.newEpochs() && said.stream().map(Sent.Acknowledged::place).distinct().count() > 1) {
      broken(Promise.MOVED, topic, message.publisher(), "was told that " + message.id() + " is here and there: " + said);
    }
    Map<String, Long> firsts = said.stream().filter(one -> !one.duplicate()).collect(Collectors.groupingBy(one -> one.place().epoch(), Collectors.counting()));
    if (firsts.values().stream().anyMatch(times -> times > 1)) {
      broken(Promise.DOUBLED, topic, message.publisher(), "was told that " + message.id() + " was stored, again and again: " + said);
    }
    if (message.attempts() == 1 && said.stream().anyMatch(Sent.Acknowledged::duplicate)) {
      broken(Promise.MOVED, topic, message.publisher(), "was told that " + message.id() + " is a duplicate, and had sent it once");
    }
  }

  /** What a publisher sends when everything before is acknowledged comes behind it. */
  private void publishersOrder(String topic, Map<String, Sent> sent) {
    record Author(String publisher, String epoch) {}
    record Stored(Sent message, long offset) {}
    Map<Author, List<Stored>> authors = new HashMap<>();
    sent.values().stream().filter(Sent::isAcknowledged).forEach(message -> {
      Place place = message.acknowledgements().get(0).place();
      authors.computeIfAbsent(new Author(message.publisher(), place.epoch()), author -> new ArrayList<>()).add(new Stored(message, place.offset()));
    });
    for (List<Stored> all : authors.values()) {
      all.sort(Comparator.comparingLong(Stored::offset));
      Stored last = all.get(0);
      for (Stored stored : all) {
        if (stored.message.batch() < last.message.batch()) {
          broken(Promise.DISORDERED, topic, last.message.publisher(),
              "sent " + last.message.id() + " when " + stored.message.id() + " was acknowledged, and they are at " + last.offset + " and " + stored.offset);
        }
        last = stored;
      }
    }
  }

  private void broken(Promise promise, String topic, String who, String what) {
    violations.add(new Violation(promise, topic, who, what));
  }
}
