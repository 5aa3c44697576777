package io.vestibule.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.shareddata.ClusterSerializable;
import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectOutput;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicInteger;

/** Harmless classes that notice when somebody else's bytes bring them to life. */
final class Gadget {
  /** How often bytes ran code of a class that they named. */
  static final AtomicInteger RAN = new AtomicInteger();

  private Gadget() {}

  /** By Java serialisation. */
  static final class Java implements Serializable {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) {
      RAN.incrementAndGet();
    }
  }

  /** By Java's other serialisation. */
  public static final class External implements Externalizable {
    private static final long serialVersionUID = 1L;

    @Override
    public void writeExternal(ObjectOutput out) {
      // Nothing to write.
    }

    @Override
    public void readExternal(ObjectInput in) {
      RAN.incrementAndGet();
    }
  }

  /** By Hazelcast's format, which takes a class name and makes an instance. */
  public static final class Data implements DataSerializable {
    @Override
    public void writeData(ObjectDataOutput out) {
      // Nothing to write.
    }

    @Override
    public void readData(ObjectDataInput in) {
      RAN.incrementAndGet();
    }
  }

  /** By Vert.x's format, which does the same. */
  public static final class Cluster implements ClusterSerializable {
    @Override
    public void writeToBuffer(Buffer buffer) {
      // Nothing to write.
    }

    @Override
    public int readFromBuffer(int pos, Buffer buffer) {
      RAN.incrementAndGet();
      return pos;
    }
  }
}
