package io.vestibule.gateway.log.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.Slice;
import java.util.List;
import java.util.function.BiConsumer;

/** What a shard of the grid answers, as bytes. */
final class ShardAnswer {
  /** What is answered to an append that came after a later one of its writer. */
  static final byte[] OVERTAKEN = {};

  /** What is answered to every call where too few members are left; no other answer has two bytes. */
  static final byte[] MINORITY = {0, 0};

  /** What is answered to a question where a member has left a moment ago: it may be that all the others have. No other answer has three bytes. */
  static final byte[] UNSETTLED = {0, 0, 0};

  private ShardAnswer() {}

  static byte[] bytes(Appended appended) {
    return write(appended, ShardAnswer::write);
  }

  static byte[] bytes(Slice slice) {
    return write(slice, ShardAnswer::write);
  }

  static byte[] bytes(Moved moved) {
    return write(moved, (out, told) -> out.putLong(told.lineage()).putLong(told.version()).putLong(told.dropped()).putLong(told.bytes())
        .putList(told.heads(), (to, head) -> to.putString(head.topic()).putLong(head.epoch()).putLong(head.offset()).putLong(head.version()).putLong(head.atMs())));
  }

  static byte[] bytes(CursorSlice read) {
    return write(read, (out, told) -> {
      out.putLong(told.lineage()).putBoolean(told.cursor() != null);
      if (told.cursor() != null) {
        write(out, told.cursor());
      }
      write(out, told.slice());
    });
  }

  static byte[] bytes(List<Cursor> cursors) {
    return write(cursors, (out, all) -> out.putList(all, ShardAnswer::write));
  }

  static List<Cursor> cursors(byte[] bytes) {
    return reader(bytes).getList(ShardAnswer::cursor);
  }

  static byte[] bytes(long... places) {
    return write(places, ShardAnswer::write);
  }

  static byte[] bytes(boolean done) {
    return new byte[] {(byte) (done ? 1 : 0)};
  }

  static Appended appended(byte[] bytes) {
    return appended(reader(bytes));
  }

  static CursorSlice cursorSlice(byte[] bytes) {
    WireReader in = reader(bytes);
    long lineage = in.getLong();
    return new CursorSlice(in.getBoolean() ? cursor(in) : null, lineage, slice(in));
  }

  static long[] places(byte[] bytes) {
    return places(reader(bytes));
  }

  static Slice slice(byte[] bytes) {
    return slice(reader(bytes));
  }

  private static void write(WireWriter out, Slice slice) {
    out.putLong(slice.epoch()).putLong(slice.began()).putLong(slice.first()).putLong(slice.head()).putBoolean(slice.more()).putList(slice.messages(), ShardAnswer::write);
  }

  private static Slice slice(WireReader in) {
    long epoch = in.getLong();
    long began = in.getLong();
    long first = in.getLong();
    long head = in.getLong();
    boolean more = in.getBoolean();
    return new Slice(epoch, began, first, head, in.getList(ShardAnswer::message), more);
  }

  static Moved moved(byte[] bytes) {
    WireReader in = reader(bytes);
    long lineage = in.getLong();
    long version = in.getLong();
    long dropped = in.getLong();
    long taken = in.getLong();
    return new Moved(lineage, version, in.getList(from -> new Moved.Head(from.getString(), from.getLong(), from.getLong(), from.getLong(), from.getLong())), dropped, taken);
  }

  static void write(WireWriter out, Appended appended) {
    out.putLong(appended.epoch()).putLong(appended.lineage()).putLong(appended.versionBefore()).putLong(appended.firstVersion());
    write(out, appended.offsets());
  }

  private static void write(WireWriter out, long... places) {
    out.putInt(places.length);
    for (long place : places) {
      out.putLong(place);
    }
  }

  static Appended appended(WireReader in) {
    long epoch = in.getLong();
    long lineage = in.getLong();
    long before = in.getLong();
    long first = in.getLong();
    return new Appended(epoch, lineage, before, first, places(in));
  }

  private static long[] places(WireReader in) {
    long[] places = new long[in.getInt()];
    for (int i = 0; i < places.length; i++) {
      places[i] = in.getLong();
    }
    return places;
  }

  static void write(WireWriter out, Cursor cursor) {
    out.putString(cursor.name()).putLong(cursor.epoch()).putLong(cursor.offset()).putLong(cursor.atMs());
  }

  static Cursor cursor(WireReader in) {
    return new Cursor(in.getString(), in.getLong(), in.getLong(), in.getLong());
  }

  static void write(WireWriter out, Message message) {
    out.putLong(message.offset()).putLong(message.version()).putLong(message.atMs()).putLong(message.origin()).putString(message.key()).putBuffer(Buffer.buffer(message.payload()));
  }

  static Message message(WireReader in) {
    return new Message(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getString(), in.getBuffer().getBytes());
  }

  private static <T> byte[] write(T told, BiConsumer<WireWriter, T> writer) {
    Buffer buffer = Buffer.buffer();
    writer.accept(new WireWriter(buffer), told);
    return buffer.getBytes();
  }

  private static WireReader reader(byte[] bytes) {
    return new WireReader(0, Buffer.buffer(bytes));
  }
}
