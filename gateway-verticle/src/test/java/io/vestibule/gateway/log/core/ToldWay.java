package io.vestibule.gateway.log.core;

import java.util.ArrayList;
import java.util.List;

/** Writes down what those who come back are told, in words; they have room for everything. */
final class ToldWay<R extends Return> implements Returns.Way<R, Long> {
  final List<String> told = new ArrayList<>();
  private final long nothing;
  private final Page<Long> recent;

  /**
   * Nothing is told so far.
   *
   * @param nothing the epoch of a topic that has no log
   * @param recent what is known without a read, or null
   */
  ToldWay(long nothing, Page<Long> recent) {
    this.nothing = nothing;
    this.recent = recent;
  }

  @Override
  public boolean hasRoom(R who) {
    return true;
  }

  @Override
  public void begun(R who, long epoch, long offset, Boolean recovered) {
    told.add("begun at " + epoch + ':' + offset + ' ' + recovered);
  }

  @Override
  public void deliver(R who, Long message) {
    told.add(message.toString());
  }

  @Override
  public void gap(R who, long fromEpoch, long from, long toEpoch, long to) {
    told.add("gap from " + fromEpoch + ':' + from + " to " + toEpoch + ':' + to);
  }

  @Override
  public void bound(R who, long epoch, long offset) {
    told.add("bound by " + epoch + ':' + offset);
  }

  @Override
  public void live(R who) {
    told.add("live");
  }

  @Override
  public Page<Long> recent(long epoch, long offset) {
    return recent;
  }

  @Override
  public void doubt(Page<Long> page) {
    told.add("doubt " + page.epoch());
  }

  @Override
  public void known(long epoch, long offset) {
    told.add("known " + offset);
  }

  @Override
  public long nothing() {
    return nothing;
  }
}
