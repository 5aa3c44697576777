package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;
import java.util.Objects;

/**
 * The queues that a node is configured with, said to the other nodes with the role now and then: whoever leads a queue leads it by its own configuration.
 *
 * @param node the node id
 * @param name what operators call it
 * @param queues each once
 */
public record QueueSettings(String node, String name, List<Queue> queues) {
  public static final RecordCodec<QueueSettings> CODEC = RecordCodec.of("vestibule.admission.settings.v1",
      (out, m) -> out.putString(m.node).putString(m.name).putList(m.queues, (to, queue) -> queue.write(to)),
      in -> new QueueSettings(in.getString(), in.getString(), in.getList(Queue::read)));

  public QueueSettings {
    Objects.requireNonNull(node);
    Objects.requireNonNull(name);
    queues = List.copyOf(queues);
  }

  /**
   * One queue.
   *
   * @param capacity slots, 0 for no limit
   * @param admissionsPerSecond the inflow limit, 0 for none
   */
  public record Queue(String queue, int capacity, int admissionsPerSecond) {
    public Queue {
      Objects.requireNonNull(queue);
    }

    void write(WireWriter out) {
      out.putString(queue).putInt(capacity).putInt(admissionsPerSecond);
    }

    static Queue read(WireReader in) {
      return new Queue(in.getString(), in.getInt(), in.getInt());
    }
  }
}
