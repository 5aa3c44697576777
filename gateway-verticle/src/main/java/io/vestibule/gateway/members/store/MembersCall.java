package io.vestibule.gateway.members.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.gateway.log.store.GuardedProcessor;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.ShardMembers;
import java.util.List;

/** What is asked of a shard of members that the grid keeps. */
sealed interface MembersCall extends GuardedProcessor.Call {

  /** Does it, and answers as {@link MembersAnswer} reads. */
  byte[] answeredBy(ShardMembers shard);

  /**
   * Makes users members, or members no more.
   *
   * @param most bytes of the shard
   */
  record Tell(Change change, long most) implements MembersCall {
    @Override
    public byte[] answeredBy(ShardMembers shard) {
      return MembersAnswer.bytes(shard.change(change, most));
    }
  }

  /** Looks at what was said. */
  record Look(List<Pair> pairs) implements MembersCall {
    @Override
    public boolean changes() {
      return false;
    }

    @Override
    public byte[] answeredBy(ShardMembers shard) {
      return MembersAnswer.ofWords(shard.look(pairs));
    }
  }

  /** Lists the members of a topic. */
  record Roster(String topic) implements MembersCall {
    @Override
    public boolean changes() {
      return false;
    }

    @Override
    public byte[] answeredBy(ShardMembers shard) {
      return MembersAnswer.ofRoster(shard.roster(topic));
    }
  }

  /**
   * Gives hints.
   *
   * @param most bytes of the shard
   */
  record Hint(List<Pair> pairs, long most) implements MembersCall {
    @Override
    public byte[] answeredBy(ShardMembers shard) {
      return MembersAnswer.ofRooms(shard.hint(pairs, most));
    }
  }

  /** Takes hints back. */
  record Unhint(List<Pair> pairs) implements MembersCall {
    @Override
    public byte[] answeredBy(ShardMembers shard) {
      shard.unhint(pairs);
      return MembersAnswer.DONE;
    }
  }

  /** Reads hints. */
  record Hinted(List<String> users) implements MembersCall {
    @Override
    public boolean changes() {
      return false;
    }

    @Override
    public byte[] answeredBy(ShardMembers shard) {
      return MembersAnswer.ofHints(shard.hinted(users));
    }
  }

  /** Asks what the shard takes. */
  record Bytes() implements MembersCall {
    @Override
    public boolean changes() {
      return false;
    }

    @Override
    public byte[] answeredBy(ShardMembers shard) {
      return MembersAnswer.ofBytes(shard.bytes());
    }
  }

  @Override
  default byte[] encode() {
    Buffer buffer = Buffer.buffer();
    WireWriter out = new WireWriter(buffer);
    if (this instanceof Tell tell) {
      Change change = tell.change;
      out.putByte(1).putLong(tell.most).putString(change.topic()).putStrings(change.users()).putBoolean(change.member()).putLong(change.epoch()).putLong(change.offset()).putLong(change.nowMs());
    } else if (this instanceof Look look) {
      out.putByte(2).putList(look.pairs, MembersCall::write);
    } else if (this instanceof Roster roster) {
      out.putByte(3).putString(roster.topic);
    } else if (this instanceof Hint hint) {
      out.putByte(4).putLong(hint.most).putList(hint.pairs, MembersCall::write);
    } else if (this instanceof Unhint unhint) {
      out.putByte(5).putList(unhint.pairs, MembersCall::write);
    } else if (this instanceof Hinted hinted) {
      out.putByte(6).putStrings(hinted.users);
    } else if (this instanceof Bytes) {
      out.putByte(7);
    }
    return buffer.getBytes();
  }

  /** From the bytes of another member of the grid. */
  static MembersCall decode(byte[] bytes) {
    WireReader in = new WireReader(0, Buffer.buffer(bytes));
    byte kind = in.getByte();
    return switch (kind) {
      case 1 -> {
        long most = in.getLong();
        yield new Tell(new Change(in.getString(), in.getStrings(), in.getBoolean(), in.getLong(), in.getLong(), in.getLong()), most);
      }
      case 2 -> new Look(in.getList(MembersCall::pair));
      case 3 -> new Roster(in.getString());
      case 4 -> {
        long most = in.getLong();
        yield new Hint(in.getList(MembersCall::pair), most);
      }
      case 5 -> new Unhint(in.getList(MembersCall::pair));
      case 6 -> new Hinted(in.getStrings());
      case 7 -> new Bytes();
      default -> throw new IllegalArgumentException("unknown call of a shard of members " + kind);
    };
  }

  private static void write(WireWriter out, Pair pair) {
    out.putString(pair.user()).putString(pair.topic());
  }

  private static Pair pair(WireReader in) {
    return new Pair(in.getString(), in.getString());
  }
}
