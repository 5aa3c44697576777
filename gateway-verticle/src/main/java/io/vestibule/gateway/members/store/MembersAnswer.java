package io.vestibule.gateway.members.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Changed.Room;
import io.vestibule.gateway.members.core.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a shard of members in the grid answers, as bytes. */
final class MembersAnswer {
  /** What is answered where there is nothing to say. */
  static final byte[] DONE = {1};

  /** What is answered to every call where too few members of the grid are left; no other answer has two bytes. */
  static final byte[] MINORITY = {0, 0};

  private MembersAnswer() {}

  static byte[] bytes(Changed changed) {
    return write(out -> {
      out.putByte(changed.room().ordinal()).putInt(changed.members());
      words(out, changed.words());
    });
  }

  static Changed changed(byte[] bytes) {
    WireReader in = reader(bytes);
    return new Changed(Room.values()[in.getByte()], in.getInt(), words(in));
  }

  static byte[] ofWords(List<Word> words) {
    return write(out -> words(out, words));
  }

  static List<Word> words(byte[] bytes) {
    return words(reader(bytes));
  }

  static byte[] ofRoster(Map<String, Word> roster) {
    return write(out -> roster(out, roster));
  }

  static Map<String, Word> roster(byte[] bytes) {
    return roster(reader(bytes));
  }

  static byte[] ofRooms(List<Room> rooms) {
    return write(out -> out.putList(rooms, (to, room) -> to.putByte(room.ordinal())));
  }

  static List<Room> rooms(byte[] bytes) {
    return reader(bytes).getList(in -> Room.values()[in.getByte()]);
  }

  static byte[] ofBytes(long bytes) {
    return write(out -> out.putLong(bytes));
  }

  static long bytes(byte[] bytes) {
    return reader(bytes).getLong();
  }

  static byte[] ofHints(List<List<String>> hints) {
    return write(out -> out.putList(hints, WireWriter::putStrings));
  }

  static List<List<String>> hints(byte[] bytes) {
    return reader(bytes).getList(WireReader::getStrings);
  }

  static void roster(WireWriter out, Map<String, Word> roster) {
    out.putList(List.copyOf(roster.entrySet()), (to, entry) -> word(to.putString(entry.getKey()), entry.getValue()));
  }

  static Map<String, Word> roster(WireReader in) {
    Map<String, Word> roster = new HashMap<>();
    in.getList(from -> roster.put(from.getString(), word(from)));
    return roster;
  }

  private static void words(WireWriter out, List<Word> words) {
    out.putList(words, (to, word) -> {
      to.putBoolean(word != null);
      if (word != null) {
        word(to, word);
      }
    });
  }

  private static List<Word> words(WireReader in) {
    // With those that are null, which an immutable list would not have.
    return new ArrayList<>(in.getList(from -> from.getBoolean() ? word(from) : null));
  }

  private static void word(WireWriter out, Word word) {
    out.putBoolean(word.member()).putLong(word.atMs()).putLong(word.sinceMs()).putLong(word.epoch()).putLong(word.offset());
  }

  private static Word word(WireReader in) {
    return new Word(in.getBoolean(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  private static byte[] write(Consumer<WireWriter> writer) {
    Buffer buffer = Buffer.buffer();
    writer.accept(new WireWriter(buffer));
    return buffer.getBytes();
  }

  private static WireReader reader(byte[] bytes) {
    return new WireReader(0, Buffer.buffer(bytes));
  }
}
