package io.vestibule.gateway.log.core;

import io.vestibule.gateway.log.core.ReadRequest.From;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A shard as one would write it without a thought for speed or memory: nothing is ever thrown away, what is beyond the bounds is looked past. */
public final class LogModel {
  private final Map<String, Topic> topics = new HashMap<>();
  private final Map<String, Appended> answers = new HashMap<>();
  private final long lineage;
  private long version;
  private long clockMs;

  public LogModel(long lineage) {
    this.lineage = lineage;
  }

  public Appended append(Append append) {
    clockMs = Math.max(clockMs, append.nowMs());
    String call = append.topic() + "/" + append.writer() + "/" + append.number();
    Appended known = answers.get(call);
    if (known != null) {
      return known;
    }
    Topic topic = topics.computeIfAbsent(append.topic(), name -> new Topic(append.epoch()));
    long before = topic.version;
    long first = version + 1;
    long[] offsets = new long[append.messages().size()];
    for (int i = 0; i < offsets.length; i++) {
      Append.Draft draft = append.messages().get(i);
      Message same = draft.key() == null ? null
          : topic.kept.stream().filter(message -> draft.key().equals(message.key())).findFirst().orElse(null);
      if (same == null) {
        topic.head++;
        topic.version = ++version;
        topic.movedMs = clockMs;
        topic.kept.add(new Message(topic.head, version, clockMs, append.origin(i), draft.key(), draft.payload()));
        offsets[i] = topic.head;
      } else {
        offsets[i] = -same.offset();
      }
    }
    topic.bounds = append.bounds();
    topic.trim(clockMs);
    Appended answer = new Appended(topic.epoch, lineage, before, first, offsets);
    answers.put(call, answer);
    return answer;
  }

  public long epoch(String name) {
    return topics.containsKey(name) ? topics.get(name).epoch : 0;
  }

  public long[] move(List<CursorMove> moves, long nowMs) {
    long now = Math.max(clockMs, nowMs);
    return moves.stream().mapToLong(move -> {
      Topic topic = topics.get(move.topic());
      return topic == null || move.epoch() != 0 && topic.epoch != move.epoch() || topic.head < move.offset() ? -1 : topic.move(move, now);
    }).toArray();
  }

  public CursorSlice read(CursorRead request) {
    Topic topic = topics.get(request.topic());
    if (topic == null) {
      return new CursorSlice(null, lineage, Slice.NOTHING);
    }
    List<Cursor> live = topic.cursors.stream().filter(cursor -> !cursor.isOver(request.nowMs())).toList();
    Cursor found = live.stream().filter(cursor -> cursor.name().equals(request.name())).findFirst().orElseGet(() -> live.stream()
        .filter(cursor -> cursor.kind().equals(Cursor.kind(request.name())) && cursor.epoch() == topic.epoch)
        .max(Comparator.comparingLong(Cursor::offset).thenComparing(Cursor::name)).orElse(null));
    return new CursorSlice(found, lineage, read(request.after(found == null || found.epoch() != topic.epoch ? 0 : found.offset())));
  }

  public Slice read(ReadRequest request) {
    Topic topic = topics.get(request.topic());
    if (topic == null) {
      return Slice.NOTHING;
    }
    List<Message> live = topic.kept.stream().filter(message -> message.atMs() + topic.bounds.ageMs() > request.nowMs()).toList();
    long first = live.isEmpty() ? topic.head + 1 : live.get(0).offset();
    List<Message> asked = new ArrayList<>(live.stream().filter(message -> switch (request.from()) {
      case AFTER_OFFSET -> message.offset() > request.point();
      case AFTER_VERSION -> message.version() > request.point();
      case SINCE_TIME -> message.atMs() >= request.point();
      case BEFORE_OFFSET -> message.offset() < request.point();
    }).toList());
    if (request.from() == From.BEFORE_OFFSET) {
      Collections.reverse(asked);
    }
    int most = Math.min(request.messages(), asked.size());
    int taken = 0;
    int bytes = 0;
    while (taken < most && (taken == 0 || bytes + asked.get(taken).payload().length <= request.bytes())) {
      bytes += asked.get(taken++).payload().length;
    }
    return new Slice(topic.epoch, topic.began, first, topic.head, asked.subList(0, taken), taken < asked.size());
  }

  public Set<Cursor> cursors(String name) {
    return topics.containsKey(name) ? Set.copyOf(topics.get(name).cursors) : Set.of();
  }

  public List<Moved.Head> moved(long since) {
    List<Moved.Head> heads = new ArrayList<>();
    topics.forEach((name, topic) -> {
      if (topic.version > since) {
        heads.add(new Moved.Head(name, topic.epoch, topic.head, topic.version, topic.movedMs));
      }
    });
    heads.sort(Comparator.comparingLong(Moved.Head::version));
    return heads;
  }

  public List<Moved.Head> movedSince(long sinceMs) {
    List<Moved.Head> heads = new ArrayList<>(moved(0).stream().filter(head -> head.atMs() >= sinceMs).toList());
    Collections.reverse(heads);
    return heads;
  }

  public boolean renew(String name, long epoch, long offset, long newEpoch) {
    Topic topic = topics.get(name);
    if (topic == null || topic.epoch != epoch || topic.head >= offset) {
      return false;
    }
    topic.cursors.replaceAll(cursor -> cursor.epoch() == epoch ? new Cursor(cursor.name(), newEpoch, cursor.offset(), cursor.atMs()) : cursor);
    answers.replaceAll((call, answer) -> call.startsWith(name + "/") ? new Appended(newEpoch, lineage, answer.versionBefore(), answer.firstVersion(), answer.offsets()) : answer);
    topic.epoch = newEpoch;
    topic.began = topic.head;
    topic.version = ++version;
    topic.movedMs = clockMs;
    return true;
  }

  public long version() {
    return version;
  }

  private static final class Topic {
    private long epoch;
    private long began;
    private final List<Message> kept = new ArrayList<>();
    private final List<Cursor> cursors = new ArrayList<>();
    private LogBounds bounds;
    private long head;
    private long version;
    private long movedMs;

    Topic(long epoch) {
      this.epoch = epoch;
    }

    long move(CursorMove move, long nowMs) {
      Cursor before = cursors.stream().filter(cursor -> cursor.name().equals(move.name())).findFirst().orElse(null);
      boolean counts = before != null && !before.isOver(nowMs);
      if (before == null) {
        cursors.removeIf(cursor -> cursor.isOver(nowMs));
        List<Cursor> same = new ArrayList<>(cursors.stream().filter(cursor -> cursor.kind().equals(Cursor.kind(move.name()))).toList());
        same.sort(Comparator.comparingLong(Cursor::atMs).thenComparing(Cursor::name));
        while (same.size() >= Cursor.most(move.name())) {
          cursors.remove(same.remove(0));
        }
      }
      cursors.remove(before);
      long offset = counts && before.epoch() == epoch ? Math.max(before.offset(), move.offset()) : move.offset();
      cursors.add(new Cursor(move.name(), epoch, offset, counts ? Math.max(before.atMs(), nowMs) : nowMs));
      return offset;
    }

    void trim(long nowMs) {
      while (!kept.isEmpty() && (kept.size() > bounds.messages() || kept.get(0).atMs() + bounds.ageMs() <= nowMs
          || bounds.bytes() > 0 && kept.size() > 1 && kept.stream().mapToLong(Message::cost).sum() > bounds.bytes())) {
        kept.remove(0);
      }
    }
  }

  /** Says whether two parts of a log are the same, bytes and all. */
  public static boolean isSame(Slice a, Slice b) {
    if (a.epoch() != b.epoch() || a.began() != b.began() || a.first() != b.first() || a.head() != b.head() || a.more() != b.more() || a.messages().size() != b.messages().size()) {
      return false;
    }
    for (int i = 0; i < a.messages().size(); i++) {
      if (!isSame(a.messages().get(i), b.messages().get(i))) {
        return false;
      }
    }
    return true;
  }

  public static boolean isSame(CursorSlice a, CursorSlice b) {
    return Objects.equals(a.cursor(), b.cursor()) && isSame(a.slice(), b.slice());
  }

  static boolean isSame(Message a, Message b) {
    return a.offset() == b.offset() && a.version() == b.version() && a.atMs() == b.atMs() && a.origin() == b.origin() && Objects.equals(a.key(), b.key())
        && Arrays.equals(a.payload(), b.payload());
  }
}
