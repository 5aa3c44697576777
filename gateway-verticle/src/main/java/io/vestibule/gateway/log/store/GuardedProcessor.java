package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vestibule.cluster.Majority;
import io.vestibule.gateway.log.store.Quorum.Standing;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/**
 * Takes a call to an entry, where it runs in the thread of the entry's partition, and on the backup, where it does the same again. Where too few members are left it is refused: a member that has lost sight of the
 * others takes over their partitions, empty or as old as its backups, and a call that was on its way then finds those. The member knows that they are gone before it does so.
 *
 * @param <V> the entry
 * @param <C> the call
 */
public abstract class GuardedProcessor<V, C extends GuardedProcessor.Call> implements EntryProcessor<String, V, byte[]>, HazelcastInstanceAware, DataSerializable {
  /** That of the backup: what was done is done there whoever is left by then. */
  protected static final Majority NO_RULE = new Majority(1);

  /** What is asked of an entry. */
  public interface Call {
    /** Whether it may change the entry, so that the backups have to do it too. */
    default boolean changes() {
      return true;
    }

    /** As bytes for other members. */
    byte[] encode();
  }

  private final Function<byte[], C> decode;
  private C call;
  private Majority majority;
  private HazelcastInstance member;
  private C repeated;

  /**
   * One that is going to be read.
   *
   * @param decode makes a call of the bytes of another member
   */
  protected GuardedProcessor(Function<byte[], C> decode) {
    this.decode = decode;
  }

  /** One that is to be sent. */
  protected GuardedProcessor(Function<byte[], C> decode, C call, Majority majority) {
    this(decode);
    this.call = call;
    this.majority = majority;
  }

  /**
   * Does it.
   *
   * @param standing what this member may do
   * @return the answer
   */
  protected abstract byte[] process(Map.Entry<String, V> entry, C call, Standing standing);

  /** The same, without a rule, for the backup. */
  protected abstract EntryProcessor<String, V, byte[]> withoutRule(C call);

  /** What the backup has to do; nothing, if this is not called. */
  protected final void repeat(C onBackup) {
    repeated = onBackup;
  }

  /** Whether more than half of the members have to be there. */
  protected final boolean isMajorityRequired() {
    return majority.isRequired();
  }

  @Override
  public final void setHazelcastInstance(HazelcastInstance instance) {
    member = instance;
  }

  @Override
  public final byte[] process(Map.Entry<String, V> entry) {
    return process(entry, call, Quorum.of(member, majority));
  }

  @Override
  public final EntryProcessor<String, V, byte[]> getBackupProcessor() {
    return repeated == null ? null : withoutRule(repeated);
  }

  @Override
  public final void writeData(ObjectDataOutput out) throws IOException {
    out.writeInt(majority.expected());
    out.writeByteArray(call.encode());
  }

  @Override
  public final void readData(ObjectDataInput in) throws IOException {
    majority = new Majority(in.readInt());
    call = decode.apply(in.readByteArray());
  }
}
