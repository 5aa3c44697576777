package io.vestibule.gateway.log.store;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vertx.core.buffer.Buffer;
import io.vestibule.cluster.hazelcast.Joinable;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.gateway.log.core.Fingerprint;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.LogImage;
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.ShardJoin;
import io.vestibule.gateway.log.core.ShardLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A shard of topic logs in the grid. It lives as an object where the grid keeps it, changed by one thread at a time, and is serialised only when it moves. */
final class ShardEntry implements Joinable<ShardEntry>, DataSerializable {
  private static final byte LAYOUT = 3;
  private static final int JOINED = 8;

  private ShardLog logs;
  /** {@linkplain Fingerprint What} was joined with it, or was put where it is, the latest first: twice would make another lineage and new epochs. */
  private List<Long> joined = List.of();

  ShardEntry() {}

  ShardEntry(ShardLog logs) {
    this.logs = logs;
  }

  /** Does what is asked. */
  byte[] answer(ShardCall call) {
    if (call instanceof ShardCall.Add add) {
      try {
        return ShardAnswer.bytes(logs.append(add.append(), add.most()));
      } catch (OvertakenException late) {
        return ShardAnswer.OVERTAKEN;
      }
    } else if (call instanceof ShardCall.Read read) {
      return ShardAnswer.bytes(logs.read(read.request()));
    } else if (call instanceof ShardCall.Look look) {
      return ShardAnswer.bytes(logs.moved(look.lineage(), look.since(), look.most()));
    } else if (call instanceof ShardCall.LookBack look) {
      return ShardAnswer.bytes(logs.movedSince(look.sinceMs(), look.most()));
    } else if (call instanceof ShardCall.Move move) {
      return ShardAnswer.bytes(logs.move(move.moves(), move.nowMs(), move.most()));
    } else if (call instanceof ShardCall.ReadOn read) {
      return ShardAnswer.bytes(logs.read(read.request()));
    }
    if (call instanceof ShardCall.ReadCursors read) {
      return ShardAnswer.bytes(logs.cursors(read.topic()));
    }
    if (call instanceof ShardCall.Confirm) {
      return new byte[0];
    }
    if (call instanceof ShardCall.Outline outline) {
      return outline(outline.topic());
    }
    ShardCall.Renew renew = (ShardCall.Renew) call;
    return ShardAnswer.bytes(logs.renew(renew.topic(), renew.epoch(), renew.offset(), renew.newEpoch(), renew.known()));
  }

  private byte[] outline(String topic) {
    Buffer buffer = Buffer.buffer();
    LogImage log = logs.outline(topic);
    if (log != null) {
      write(new WireWriter(buffer), log);
    }
    return buffer.getBytes();
  }

  /** From what {@link ShardCall.Outline} is answered with; null where there is no such log. */
  static LogImage image(byte[] bytes) {
    return bytes.length == 0 ? null : image(new WireReader(0, Buffer.buffer(bytes)));
  }

  @Override
  public ShardEntry joinedWith(ShardEntry other) {
    if (joined.contains(Fingerprint.of(other.logs))) {
      return this;
    }
    ShardEntry both = new ShardEntry(ShardJoin.of(logs, other.logs, Lineage.ofJoined(ThreadLocalRandom.current().nextLong())));
    both.remember(Fingerprint.of(other.logs), joined, other.joined);
    return both;
  }

  @Override
  public ShardEntry alone() {
    ShardEntry same = new ShardEntry(new ShardLog(logs.lineage(), logs.version(), logs.clockMs(), logs.dropped(), logs.images()));
    same.remember(Fingerprint.of(logs), joined, List.of());
    return same;
  }

  private void remember(long latest, List<Long> before, List<Long> others) {
    joined = Stream.of(Stream.of(latest), before.stream(), others.stream()).flatMap(prints -> prints).distinct().limit(JOINED).toList();
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByte(LAYOUT);
    out.writeLong(logs.lineage());
    out.writeLong(logs.version());
    out.writeLong(logs.clockMs());
    out.writeLong(logs.dropped());
    out.writeInt(joined.size());
    for (long print : joined) {
      out.writeLong(print);
    }
    List<LogImage> images = logs.images();
    out.writeInt(images.size());
    for (LogImage image : images) {
      Buffer buffer = Buffer.buffer();
      write(new WireWriter(buffer), image);
      out.writeByteArray(buffer.getBytes());
    }
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    byte layout = in.readByte();
    if (layout != LAYOUT) {
      throw new IOException("layout " + layout + " of a shard of logs where " + LAYOUT + " is known");
    }
    long lineage = in.readLong();
    long version = in.readLong();
    long clockMs = in.readLong();
    long dropped = in.readLong();
    List<Long> prints = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      prints.add(in.readLong());
    }
    joined = List.copyOf(prints);
    List<LogImage> images = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      images.add(image(new WireReader(0, Buffer.buffer(in.readByteArray()))));
    }
    logs = new ShardLog(lineage, version, clockMs, dropped, images);
  }

  private static void write(WireWriter out, LogImage log) {
    out.putString(log.topic()).putLong(log.epoch()).putLong(log.began()).putLong(log.head()).putLong(log.version()).putLong(log.movedMs())
        .putInt(log.bounds().messages()).putLong(log.bounds().ageMs()).putLong(log.bounds().bytes())
        .putList(log.messages(), ShardAnswer::write)
        .putList(log.writers(), (to, writer) -> ShardAnswer.write(to.putLong(writer.id()).putLong(writer.number()).putLong(writer.atMs()), writer.answer()))
        .putList(log.cursors(), ShardAnswer::write);
  }

  private static LogImage image(WireReader in) {
    return new LogImage(in.getString(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), new LogBounds(in.getInt(), in.getLong(), in.getLong()),
        in.getList(ShardAnswer::message),
        in.getList(from -> new LogImage.Writer(from.getLong(), from.getLong(), from.getLong(), ShardAnswer.appended(from))),
        in.getList(ShardAnswer::cursor));
  }
}
