package io.vestibule.bench.durable;

/**
 * What a node holds at a moment; of several, the most of each. Bytes where nothing else is said.
 *
 * @param heap of all live objects, after a collection
 * @param direct memory outside the heap that the JDK and Netty have handed out
 * @param logs what the topic logs of the whole cluster take, as the node says; NaN where it does not
 * @param dropped messages that the store had no room for
 */
public record MemorySample(long heap, long direct, double logs, double dropped) {
  /** Of this node and another one. */
  MemorySample most(MemorySample other) {
    return new MemorySample(Math.max(heap, other.heap), Math.max(direct, other.direct), Math.max(logs, other.logs), Math.max(dropped, other.dropped));
  }
}
