package io.vestibule.gateway.log.core;

/** What tells a shard from others, as far as 64 bits can: which messages and cursors it has, and where. Halves of a cluster give versions by themselves, so the same lineage and version may stand for different messages. Pure. */
public final class Fingerprint {
  private Fingerprint() {}

  /** The same for a shard and its copies until one of them is changed. Takes time for each message. */
  public static long of(ShardLog shard) {
    long print = mixed(shard.lineage(), shard.version());
    for (LogImage log : shard.images()) {
      print += of(log);
    }
    return print;
  }

  private static long of(LogImage log) {
    long print = mixed(mixed(log.topic().hashCode(), log.epoch()), mixed(log.head(), log.version()));
    for (Message message : log.messages()) {
      print = mixed(print, message.origin());
    }
    // They are in no order.
    long cursors = 0;
    for (Cursor cursor : log.cursors()) {
      cursors += mixed(mixed(cursor.name().hashCode(), cursor.epoch()), cursor.offset());
    }
    return mixed(print, cursors);
  }

  /** Of SplitMix64 (Steele, Lea, Flood 2014) the step that mixes. */
  private static long mixed(long a, long b) {
    long mixed = a * 0x9E3779B97F4A7C15L + b;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
