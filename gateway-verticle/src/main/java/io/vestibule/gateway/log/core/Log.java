package io.vestibule.gateway.log.core;

import io.vestibule.gateway.log.core.LogImage.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The log of one topic. */
final class Log {
  /** What a log without messages takes, about, in bytes. */
  static final int OVERHEAD = 500;

  /** An append is repeated for some seconds at most. */
  private static final long WRITER_AGE_MS = 60_000;

  private static final int WRITERS = 64;

  final String topic;
  private long epoch;
  /** After this offset everything came in its epoch. */
  private long began;
  private long head;
  private long version;
  private long movedMs;
  private LogBounds bounds;
  private long bytes;
  private final Ring messages = new Ring();
  private final Map<String, Long> offsets = new HashMap<>();
  private final LinkedHashMap<Long, Writer> writers = new LinkedHashMap<>();
  private final Cursors cursors;

  Log(String topic, long epoch, LogBounds bounds) {
    this(topic, epoch, bounds, List.of());
  }

  private Log(String topic, long epoch, LogBounds bounds, List<Cursor> cursors) {
    this.topic = topic;
    this.epoch = epoch;
    this.bounds = bounds;
    this.cursors = new Cursors(cursors);
  }

  Log(LogImage image) {
    this(image.topic(), image.epoch(), image.bounds(), image.cursors());
    image.messages().forEach(this::keep);
    began = image.began();
    head = image.head();
    version = image.version();
    movedMs = image.movedMs();
    image.writers().forEach(writer -> writers.put(writer.id(), writer));
  }

  LogImage image() {
    return new LogImage(topic, epoch, began, head, version, movedMs, bounds, messages.list(), new ArrayList<>(writers.values()), cursors.list());
  }

  LogImage outline() {
    return new LogImage(topic, epoch, began, head, version, movedMs, bounds, List.of(), new ArrayList<>(writers.values()), cursors.list());
  }

  List<Cursor> cursors() {
    return cursors.list();
  }

  long epoch() {
    return epoch;
  }

  long head() {
    return head;
  }

  /** Of the shard, when it moved last; 0 for one that never did. */
  long version() {
    return version;
  }

  /** When it moved last, Unix milliseconds. */
  long movedMs() {
    return movedMs;
  }

  /** What its messages and cursors are counted with. */
  long bytes() {
    return bytes + cursors.bytes();
  }

  /** By what the shard's oldest is known: the version of its oldest message, or its own if it has none. */
  long age() {
    return messages.isEmpty() ? version : messages.first().version();
  }

  /** What an append of this number was answered, or null if it is a new one. */
  Appended answered(Append append) {
    Writer writer = writers.get(append.writer());
    if (writer == null || append.number() > writer.number()) {
      return null;
    }
    if (append.number() < writer.number()) {
      throw new OvertakenException(append);
    }
    return writer.answer();
  }

  /** Puts messages at the end, and says where they are. */
  Appended append(Append append, long lineage, long shardVersion, long nowMs) {
    bounds = append.bounds();
    long before = version;
    long[] places = new long[append.messages().size()];
    long next = shardVersion;
    for (int i = 0; i < places.length; i++) {
      Append.Draft draft = append.messages().get(i);
      Long known = draft.key() == null ? null : offsets.get(draft.key());
      if (known != null) {
        places[i] = -known;
      } else {
        keep(new Message(++head, ++next, nowMs, append.origin(i), draft.key(), draft.payload()));
        places[i] = head;
        version = next;
        movedMs = nowMs;
      }
    }
    Appended answer = new Appended(epoch, lineage, before, shardVersion + 1, places);
    remember(new Writer(append.writer(), append.number(), nowMs, answer));
    return answer;
  }

  private void remember(Writer writer) {
    writers.remove(writer.id());
    writers.values().removeIf(other -> other.atMs() + WRITER_AGE_MS < writer.atMs());
    if (writers.size() == WRITERS) {
      writers.remove(writers.keySet().iterator().next());
    }
    writers.put(writer.id(), writer);
  }

  private void keep(Message message) {
    messages.add(message);
    bytes += message.cost();
    if (message.key() != null) {
      offsets.put(message.key(), message.offset());
    }
  }

  /** Drops what is beyond the bounds. */
  void trim(long nowMs) {
    while (!messages.isEmpty() && (messages.size() > bounds.messages() || isTooOld(messages.first(), nowMs) || bounds.bytes() > 0 && bytes > bounds.bytes() && messages.size() > 1)) {
      dropOldest();
    }
  }

  private boolean isTooOld(Message message, long nowMs) {
    return message.atMs() + bounds.ageMs() <= nowMs;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  void dropOldest() {
    Message oldest = messages.removeFirst();
    bytes -= oldest.cost();
    if (oldest.key() != null) {
      offsets.remove(oldest.key());
    }
  }

  /** Moves a cursor, and says where it is now; -1 where the log is in another epoch or not as far. */
  long move(CursorMove move, long nowMs) {
    return move.epoch() != 0 && move.epoch() != epoch || move.offset() > head ? -1 : cursors.move(move.name(), epoch, move.offset(), nowMs);
  }

  /** Goes on in another epoch, with everything that it has: nobody can tell what of it is known already. Its offsets stay as they are, and so do its readers, and the appends that are spent. */
  void renew(long newEpoch, long newVersion, long nowMs) {
    cursors.follow(epoch, newEpoch);
    writers.replaceAll((id, writer) -> writer.inEpoch(newEpoch));
    epoch = newEpoch;
    began = head;
    version = newVersion;
    movedMs = nowMs;
  }

  CursorSlice read(CursorRead request, long lineage) {
    Cursor own = cursors.find(request.name(), request.nowMs());
    Cursor cursor = own == null ? cursors.furthest(request.name(), epoch, request.nowMs()) : own;
    return new CursorSlice(cursor, lineage, read(request.after(cursor == null || cursor.epoch() != epoch ? 0 : cursor.offset())));
  }

  Slice read(ReadRequest request) {
    int live = 0;
    while (live < messages.size() && isTooOld(messages.get(live), request.nowMs())) {
      live++;
    }
    long first = live < messages.size() ? messages.get(live).offset() : head + 1;
    return request.from() == ReadRequest.From.BEFORE_OFFSET ? backwards(request, live, first) : onwards(request, live, first);
  }

  private Slice onwards(ReadRequest request, int live, long first) {
    int at = Math.max(live, switch (request.from()) {
      case AFTER_VERSION -> messages.afterVersion(request.point());
      case SINCE_TIME -> messages.sinceTime(request.point());
      default -> messages.afterOffset(request.point());
    });
    List<Message> found = new ArrayList<>();
    long room = request.bytes();
    while (at < messages.size() && found.size() < request.messages() && (found.isEmpty() || messages.get(at).payload().length <= room)) {
      room -= messages.get(at).payload().length;
      found.add(messages.get(at++));
    }
    return new Slice(epoch, began, first, head, found, at < messages.size());
  }

  private Slice backwards(ReadRequest request, int live, long first) {
    int at = messages.afterOffset(request.point() - 1) - 1;
    List<Message> found = new ArrayList<>();
    long room = request.bytes();
    while (at >= live && found.size() < request.messages() && (found.isEmpty() || messages.get(at).payload().length <= room)) {
      room -= messages.get(at).payload().length;
      found.add(messages.get(at--));
    }
    return new Slice(epoch, began, first, head, found, at >= live);
  }
}
