package io.vestibule.admission.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.admission.core.Experience;
import io.vestibule.admission.core.Experience.Rate;
import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.PlaceRecord.SessionRecord;
import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.core.SlotHolder;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Records as every store keeps them: one byte with the number of the layout, then the fields in order. A number is never used for another layout, and what was written in an earlier one is read;
 * what comes with one that is not known here is refused, as is whatever does not end where it should.
 *
 * @param <T> the record
 */
public final class RecordBytes<T> {
  /** A place with its sessions. Layout 1 did not know when they had come in, and 4 not how many there had been. */
  public static final RecordBytes<PlaceRecord> PLACE = new RecordBytes<>("place", 6, RecordBytes::writePlace,
      Map.of((byte) 1, in -> readEarlierPlace(in, RecordBytes::readFirstSession), (byte) 4, in -> readEarlierPlace(in, RecordBytes::readSession), (byte) 6, RecordBytes::readPlace));

  /** What is kept of a queue besides its places. Layout 2 knew nothing that was learnt, 5 not how far estimates had been off. */
  public static final RecordBytes<QueueRecord> QUEUE = new RecordBytes<>("queue", 6, RecordBytes::writeQueue,
      Map.of((byte) 6, in -> readQueue(in, WireReader::getLong), (byte) 5, in -> readQueue(in, from -> Double.doubleToLongBits(Experience.NORMAL_WIDTH)), (byte) 2, in -> new QueueRecord(in.getInt(), in.getInt(), in.getBoolean())));

  /** Who holds a slot. */
  public static final RecordBytes<SlotHolder> SLOT = new RecordBytes<>("slot", 3,
      (out, holder) -> out.putString(holder.place()).putString(holder.user()),
      Map.of((byte) 3, in -> new SlotHolder(in.getString(), in.getString())));

  private static final Stage[] STAGES = Stage.values();

  private final String name;
  private final byte layout;
  private final BiConsumer<WireWriter, T> writer;
  private final Map<Byte, Function<WireReader, T>> readers;

  /**
   * Records of which there were earlier layouts.
   *
   * @param layout the one that is written
   * @param readers by layout
   */
  private RecordBytes(String name, int layout, BiConsumer<WireWriter, T> writer, Map<Byte, Function<WireReader, T>> readers) {
    this.name = name;
    this.layout = (byte) layout;
    this.writer = writer;
    this.readers = readers;
  }

  /** The stored form. */
  public byte[] encode(T value) {
    Buffer out = Buffer.buffer().appendByte(layout);
    writer.accept(new WireWriter(out), value);
    return out.getBytes();
  }

  /**
   * Reads the stored form.
   *
   * @throws UnreadableRecordException if it is not one
   */
  public T decode(byte[] stored) {
    WireReader in = new WireReader(0, Buffer.buffer(stored));
    try {
      byte found = in.getByte();
      Function<WireReader, T> reader = readers.get(found);
      if (reader == null) {
        throw new IllegalArgumentException("layout " + found + " where " + layout + " is known");
      }
      T value = reader.apply(in);
      if (!in.atEnd()) {
        throw new IllegalArgumentException("bytes after its end");
      }
      return value;
    } catch (IllegalArgumentException | NullPointerException refused) {
      throw new UnreadableRecordException("a stored " + name + " of " + stored.length + " bytes cannot be read: " + refused.getMessage(), refused);
    }
  }

  private static void writePlace(WireWriter out, PlaceRecord place) {
    out.putString(place.id()).putString(place.user()).putString(place.userClass()).putByte(place.stage().ordinal())
        .putLong(place.joinedAtMs()).putLong(place.order()).putLong(place.untilMs()).putInt(place.slot()).putInt(place.nextNumber())
        .putList(place.sessions(), RecordBytes::writeSession);
  }

  private static PlaceRecord readPlace(WireReader in) {
    return new PlaceRecord(in.getString(), in.getString(), in.getString(), stage(in.getByte()), in.getLong(), in.getLong(), in.getLong(), in.getInt(), in.getInt(),
        in.getList(RecordBytes::readSession));
  }

  private static PlaceRecord readEarlierPlace(WireReader in, Function<WireReader, SessionRecord> session) {
    return new PlaceRecord(in.getString(), in.getString(), in.getString(), stage(in.getByte()), in.getLong(), in.getLong(), in.getLong(), in.getInt(),
        in.getList(session));
  }

  private static void writeQueue(WireWriter out, QueueRecord queue) {
    out.putInt(queue.capacity()).putInt(queue.admissionsPerSecond()).putBoolean(queue.paused()).putBoolean(queue.experience() != null);
    if (queue.experience() != null) {
      Experience learnt = queue.experience();
      writeRate(out.putLong(learnt.atMs()), learnt.admissions());
      out.putList(learnt.givingUp(), RecordBytes::writeRate);
      out.putList(learnt.overtaking().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList(),
          (to, arrivals) -> writeRate(to.putLong(arrivals.getKey()), arrivals.getValue()));
      out.putLong(Double.doubleToLongBits(learnt.width()));
    }
  }

  private static QueueRecord readQueue(WireReader in, ToLongFunction<WireReader> width) {
    return new QueueRecord(in.getInt(), in.getInt(), in.getBoolean(), in.getBoolean() ? readExperience(in, width) : null);
  }

  private static Experience readExperience(WireReader in, ToLongFunction<WireReader> width) {
    return new Experience(in.getLong(), readRate(in), in.getList(RecordBytes::readRate),
        in.getList(from -> Map.entry(from.getLong(), readRate(from))).stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
        Double.longBitsToDouble(width.applyAsLong(in)));
  }

  private static void writeRate(WireWriter out, Rate rate) {
    out.putLong(Double.doubleToLongBits(rate.count())).putLong(Double.doubleToLongBits(rate.weight()));
  }

  private static Rate readRate(WireReader in) {
    return new Rate(Double.longBitsToDouble(in.getLong()), Double.longBitsToDouble(in.getLong()));
  }

  private static Stage stage(byte number) {
    if (number < 0 || number >= STAGES.length) {
      throw new IllegalArgumentException("stage " + number);
    }
    return STAGES[number];
  }

  private static void writeSession(WireWriter out, SessionRecord session) {
    out.putInt(session.number()).putLong(session.generation()).putBoolean(session.confirmed()).putString(session.attempt())
        .putBoolean(session.holder() != null);
    if (session.holder() != null) {
      session.holder().write(out);
    }
    out.putString(session.device()).putLong(session.untilMs()).putInt(session.failures()).putLong(session.notBeforeMs())
        .putLong(session.enteredAtMs()).putLong(session.version()).putString(session.state());
  }

  private static SessionRecord readFirstSession(WireReader in) {
    return new SessionRecord(in.getInt(), in.getLong(), in.getBoolean(), in.getString(), in.getBoolean() ? Holder.read(in) : null,
        in.getString(), in.getLong(), in.getInt(), in.getLong(), 0, in.getLong(), in.getString());
  }

  private static SessionRecord readSession(WireReader in) {
    return new SessionRecord(in.getInt(), in.getLong(), in.getBoolean(), in.getString(), in.getBoolean() ? Holder.read(in) : null,
        in.getString(), in.getLong(), in.getInt(), in.getLong(), in.getLong(), in.getLong(), in.getString());
  }
}
