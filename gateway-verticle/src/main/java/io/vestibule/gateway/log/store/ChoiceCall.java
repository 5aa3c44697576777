package io.vestibule.gateway.log.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.gateway.log.core.StoreChoice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What is asked of the choice of a store that the grid keeps. */
sealed interface ChoiceCall extends GuardedProcessor.Call {

  /** What becomes of it. */
  StoreChoice appliedTo(StoreChoice choice);

  /**
   * A node says what it reaches, and hears what counts.
   *
   * @param known what it was told last; null before
   */
  record Hear(StoreChoice known, String node, Boolean reaches, long fenced, Set<String> gateways, boolean decides) implements ChoiceCall {
    @Override
    public StoreChoice appliedTo(StoreChoice choice) {
      return choice.remembered(known).heard(node, reaches, fenced, gateways, decides);
    }
  }

  /** Nobody believes any more that Redis counts. */
  record Left(long term) implements ChoiceCall {
    @Override
    public StoreChoice appliedTo(StoreChoice choice) {
      return choice.left(term);
    }
  }

  /** Redis has got what was kept in some terms. */
  record Returned(long term, Set<Long> brought) implements ChoiceCall {
    @Override
    public StoreChoice appliedTo(StoreChoice choice) {
      return choice.returned(term, brought);
    }
  }

  @Override
  default byte[] encode() {
    Buffer buffer = Buffer.buffer();
    WireWriter out = new WireWriter(buffer);
    if (this instanceof Hear hear) {
      out.putByte(1).putBoolean(hear.known != null);
      if (hear.known != null) {
        write(out, hear.known);
      }
      out.putString(hear.node).putByte(hear.reaches == null ? 0 : hear.reaches ? 1 : 2).putLong(hear.fenced)
          .putList(List.copyOf(hear.gateways), WireWriter::putString).putBoolean(hear.decides);
    } else if (this instanceof Left left) {
      out.putByte(2).putLong(left.term);
    } else if (this instanceof Returned returned) {
      out.putByte(3).putLong(returned.term).putList(List.copyOf(returned.brought), WireWriter::putLong);
    }
    return buffer.getBytes();
  }

  /** From the bytes of another member. */
  static ChoiceCall decode(byte[] bytes) {
    WireReader in = new WireReader(0, Buffer.buffer(bytes));
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> {
        StoreChoice known = in.getBoolean() ? choice(in) : null;
        String node = in.getString();
        byte reaches = in.getByte();
        yield new Hear(known, node, reaches == 0 ? null : Boolean.valueOf(reaches == 1), in.getLong(), new TreeSet<>(in.getList(WireReader::getString)), in.getBoolean());
      }
      case 2 -> new Left(in.getLong());
      case 3 -> new Returned(in.getLong(), new TreeSet<>(in.getList(WireReader::getLong)));
      default -> throw new IllegalArgumentException("unknown call of the choice of a store " + kind);
    };
  }

  /** A choice as bytes. */
  static byte[] bytes(StoreChoice choice) {
    Buffer buffer = Buffer.buffer();
    write(new WireWriter(buffer), choice);
    return buffer.getBytes();
  }

  /** A choice from bytes. */
  static StoreChoice choice(byte[] bytes) {
    return choice(new WireReader(0, Buffer.buffer(bytes)));
  }

  private static void write(WireWriter out, StoreChoice choice) {
    out.putLong(choice.term()).putList(List.copyOf(choice.owed()), WireWriter::putLong)
        .putList(new ArrayList<>(choice.votes().entrySet()), (to, vote) -> to.putString(vote.getKey()).putBoolean(vote.getValue()));
  }

  private static StoreChoice choice(WireReader in) {
    long term = in.getLong();
    TreeSet<Long> owed = new TreeSet<>(in.getList(WireReader::getLong));
    Map<String, Boolean> votes = new HashMap<>();
    in.getList(from -> votes.put(from.getString(), from.getBoolean()));
    return new StoreChoice(term, owed, votes);
  }
}
