package io.vestibule.gateway.log.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import java.util.List;

/** What is asked of a shard that the grid keeps. */
sealed interface ShardCall extends GuardedProcessor.Call {

  /**
   * Puts messages at the end of a log.
   *
   * @param lineage of the shard, should it have to be made
   * @param most bytes of the shard
   */
  record Add(Append append, long lineage, long most) implements ShardCall {}

  /** Reads a part of a log. */
  record Read(ReadRequest request) implements ShardCall {
    @Override
    public boolean changes() {
      return false;
    }
  }

  /**
   * Tells which logs moved.
   *
   * @param newLineage of the shard, should it have to be made: so a topic that has no log yet is known to have none
   */
  record Look(long lineage, long since, int most, long newLineage) implements ShardCall {
    @Override
    public boolean changes() {
      return false;
    }
  }

  /** Tells which logs moved since a time. */
  record LookBack(long sinceMs, int most) implements ShardCall {
    @Override
    public boolean changes() {
      return false;
    }
  }

  /** Begins a new epoch of a log that is not as far as somebody knows it to have been. */
  record Renew(String topic, long epoch, long offset, long newEpoch, ShardPlace known) implements ShardCall {}

  /** Tells all of a log but its messages. */
  record Outline(String topic) implements ShardCall {
    @Override
    public boolean changes() {
      return false;
    }
  }

  /**
   * Moves cursors onwards.
   *
   * @param most bytes of the shard
   */
  record Move(List<CursorMove> moves, long nowMs, long most) implements ShardCall {}

  /** Reads what comes after a cursor. */
  record ReadOn(CursorRead request) implements ShardCall {
    @Override
    public boolean changes() {
      return false;
    }
  }

  /** Tells the cursors of a log. */
  record ReadCursors(String topic) implements ShardCall {
    @Override
    public boolean changes() {
      return false;
    }
  }

  /** Does nothing: where a backup has done it, it has done all that came before. */
  record Confirm() implements ShardCall {
    @Override
    public boolean changes() {
      return false;
    }
  }

  /** The shard is not needed any more. */
  record Drop() implements ShardCall {}

  @Override
  default byte[] encode() {
    Buffer buffer = Buffer.buffer();
    WireWriter out = new WireWriter(buffer);
    if (this instanceof Add add) {
      Append append = add.append;
      out.putByte(1).putLong(add.lineage).putLong(add.most).putString(append.topic()).putLong(append.writer()).putLong(append.number()).putLong(append.nowMs())
          .putLong(append.epoch());
      bounds(out, append.bounds());
      known(out, append.known());
      out.putList(append.messages(), (to, draft) -> to.putString(draft.key()).putBuffer(Buffer.buffer(draft.payload())));
    } else if (this instanceof Read read) {
      ReadRequest request = read.request;
      out.putByte(2).putString(request.topic()).putByte(request.from().ordinal()).putLong(request.point()).putInt(request.messages()).putInt(request.bytes())
          .putLong(request.nowMs());
    } else if (this instanceof Look look) {
      out.putByte(3).putLong(look.lineage).putLong(look.since).putInt(look.most).putLong(look.newLineage);
    } else if (this instanceof LookBack look) {
      out.putByte(7).putLong(look.sinceMs).putInt(look.most);
    } else if (this instanceof Renew renew) {
      out.putByte(4).putString(renew.topic).putLong(renew.epoch).putLong(renew.offset).putLong(renew.newEpoch);
      known(out, renew.known);
    } else if (this instanceof Outline outline) {
      out.putByte(20).putString(outline.topic);
    } else if (this instanceof Confirm) {
      out.putByte(9);
    } else if (this instanceof Drop) {
      out.putByte(21);
    } else if (this instanceof Move move) {
      out.putByte(5).putLong(move.nowMs).putLong(move.most)
          .putList(move.moves, (to, one) -> to.putString(one.topic()).putString(one.name()).putLong(one.epoch()).putLong(one.offset()));
    } else if (this instanceof ReadOn read) {
      CursorRead request = read.request;
      out.putByte(6).putString(request.topic()).putString(request.name()).putInt(request.messages()).putInt(request.bytes()).putLong(request.nowMs());
    } else if (this instanceof ReadCursors read) {
      out.putByte(8).putString(read.topic);
    }
    return buffer.getBytes();
  }

  /** From the bytes of another member. */
  static ShardCall decode(byte[] bytes) {
    WireReader in = new WireReader(0, Buffer.buffer(bytes));
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> {
        long lineage = in.getLong();
        long most = in.getLong();
        String topic = in.getString();
        long writer = in.getLong();
        long number = in.getLong();
        long nowMs = in.getLong();
        long epoch = in.getLong();
        LogBounds bounds = bounds(in);
        ShardPlace known = known(in);
        List<Append.Draft> messages = in.getList(from -> new Append.Draft(from.getString(), from.getBuffer().getBytes()));
        yield new Add(new Append(topic, writer, number, nowMs, epoch, bounds, messages, known), lineage, most);
      }
      case 2 -> new Read(new ReadRequest(in.getString(), ReadRequest.From.values()[in.getByte()], in.getLong(), in.getInt(), in.getInt(), in.getLong()));
      case 3 -> new Look(in.getLong(), in.getLong(), in.getInt(), in.getLong());
      case 4 -> new Renew(in.getString(), in.getLong(), in.getLong(), in.getLong(), known(in));
      case 9 -> new Confirm();
      case 20 -> new Outline(in.getString());
      case 21 -> new Drop();
      case 5 -> {
        long nowMs = in.getLong();
        long most = in.getLong();
        yield new Move(in.getList(from -> new CursorMove(from.getString(), from.getString(), from.getLong(), from.getLong())), nowMs, most);
      }
      case 6 -> new ReadOn(new CursorRead(in.getString(), in.getString(), in.getInt(), in.getInt(), in.getLong()));
      case 7 -> new LookBack(in.getLong(), in.getInt());
      case 8 -> new ReadCursors(in.getString());
      default -> throw new IllegalArgumentException("unknown call of a shard of logs " + kind);
    };
  }

  private static void known(WireWriter out, ShardPlace known) {
    out.putList(known.lineages(), (to, place) -> to.putLong(place.lineage()).putLong(place.version()));
  }

  private static ShardPlace known(WireReader in) {
    return ShardPlace.of(in.getList(from -> new ShardPlace(from.getLong(), from.getLong())));
  }

  private static void bounds(WireWriter out, LogBounds bounds) {
    out.putInt(bounds.messages()).putLong(bounds.ageMs()).putLong(bounds.bytes());
  }

  private static LogBounds bounds(WireReader in) {
    return new LogBounds(in.getInt(), in.getLong(), in.getLong());
  }
}
